"""The locale, for `facts`: what `locale` answers, also after the script has set another.

An answer holds for the state in which it was given, which is what the script has set so far.
"""

from __future__ import annotations

from agentrr_hooks.standin import partial, stand_in

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from agentrr_sandbox.boundary import Boundary, Patcher

QUESTIONS = ("getlocale", "getdefaultlocale", "getpreferredencoding", "getencoding", "localeconv")


def install(patch: Patcher, boundary: Boundary) -> None:
    """Route `locale` through *boundary*."""
    state: dict[str, str] = {}
    for name in QUESTIONS:
        patch.replace("locale", name, lambda real: _question(real, state, boundary))
    patch.replace("locale", "setlocale", lambda real: _setlocale(real, state, boundary))


def _named(real: Callable[..., Any], args: Any, kwargs: Any, state: dict[str, str]) -> str:
    shown = [repr(arg) for arg in args] + [f"{key}={value!r}" for key, value in kwargs.items()]
    held = ", ".join(f"{category}={value}" for category, value in sorted(state.items()))
    return f"locale.{real.__name__}({', '.join(shown)})" + (f" at {held}" if held else "")


def _question(real: Callable[..., Any], state: dict[str, str], boundary: Boundary) -> Any:
    current = boundary.lane

    def question(*args: Any, **kwargs: Any) -> Any:
        lane = current()
        if lane is None:
            return real(*args, **kwargs)
        found = lane.fact(_named(real, args, kwargs, state), partial(real, *args, **kwargs))
        return found.copy() if type(found) is dict else found

    return stand_in(real, question, "locale")


def _setlocale(real: Callable[..., Any], state: dict[str, str], boundary: Boundary) -> Any:
    """Set it here too: where a replay's machine has no such locale, its name alone is served."""
    current = boundary.lane

    def setlocale(category: int, locale: Any = None) -> Any:
        lane = current()
        if lane is None:
            return real(category, locale)
        kind = _error(real)
        ran = False

        def live() -> list[str]:
            nonlocal ran
            ran = True
            try:
                return ["ok", real(category, locale)]
            except kind as error:
                return ["error", str(error)]

        how, text = lane.fact(_named(real, (category, locale), {}, state), live)
        if how != "ok":
            raise kind(text)
        if locale is not None:
            if not ran:
                _try(real, category, text, kind)
            _note(state, category, text, real)
        return text

    return stand_in(real, setlocale, "locale")


def _error(real: Callable[..., Any]) -> type[Exception]:
    kind: type[Exception] = real.__globals__["Error"]
    return kind


def _try(real: Callable[..., Any], category: int, text: str, kind: type[Exception]) -> None:
    try:
        real(category, text)
    except kind:
        return


def _note(state: dict[str, str], category: int, text: str, real: Callable[..., Any]) -> None:
    if category == real.__globals__["LC_ALL"]:
        state.clear()
    state[str(category)] = text
