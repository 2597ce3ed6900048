"""Pseudo-random generators of `random`.

Captures      draws of the generator that the functions of `random` share; seeding without a seed
Records       each draw, packed; beyond 1,000 between two crossings the generator's state instead,
              and what it has become at the next crossing; 32 bytes for a generator without a seed
Serves        the recorded draws, in order; the shared generator's explicit seeds are checked
Reaches       every function of `random` and every alias of one, `random.Random()` and its
              subclasses, `tempfile` names; a generator with an explicit seed costs nothing
Out of reach  `_random.Random`; a `gauss()` whose twin was drawn inside a crossing
"""

from __future__ import annotations

from agentrr_hooks.prng_draws import Shared, fingerprint, getrandbits, random
from agentrr_hooks.standin import partial, stand_in
from agentrr_sandbox import real as genuine

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from agentrr_sandbox.boundary import Boundary, Patcher


def install(patch: Patcher, boundary: Boundary) -> None:
    """Route the shared generator, and seeding without a seed, through *boundary*."""
    patch.on_import("random", lambda module: _hook(module, patch, boundary))


def _hook(module: Any, patch: Patcher, boundary: Boundary) -> None:
    inst = module._inst
    shared = Shared(inst)
    patch.replace("random", "Random.seed", lambda real: _seed(real, inst, boundary))
    for name, made in (("random", random), ("getrandbits", getrandbits)):
        real = getattr(inst, name)
        patch.replace("random", name, partial(_alias, made, real, shared, boundary))
        setattr(inst, name, made(real, shared, boundary, vars(module)))
        patch.undo_with(partial(vars(inst).pop, name))
    patch.replace("random", "seed", lambda _: inst.seed)
    patch.replace("random", "getstate", lambda real: _getstate(real, boundary))
    patch.replace("random", "setstate", lambda real: _setstate(real, boundary))


def _alias(made: Any, real: Any, shared: Shared, boundary: Boundary, _: object) -> Any:
    return made(real, shared, boundary, None)


def _seed(real: Any, inst: Any, boundary: Boundary) -> Any:
    current = boundary.lane

    def seed(self: Any, a: Any = None, version: int = 2) -> None:
        lane = current()
        if lane is not None and a is None:
            drawn = lane.read("random.seed", lambda: genuine.urandom(32), False)
            a = int.from_bytes(drawn, "big")
        elif lane is not None and self is inst:
            plain = isinstance(a, (int, float, str, bytes))
            lane.mark("random.seed", [a if plain else type(a).__name__, version])
        return real(self, a, version)  # type: ignore[no-any-return]

    for name in ("__module__", "__qualname__", "__doc__", "__defaults__"):
        setattr(seed, name, getattr(real, name))
    return seed


def _getstate(real: Any, boundary: Boundary) -> Any:
    current = boundary.lane

    def getstate() -> Any:
        lane = current()
        return real() if lane is None else lane.read("random.getstate", real, False)

    return stand_in(real, getstate, "random")


def _setstate(real: Any, boundary: Boundary) -> Any:
    current = boundary.lane

    def setstate(state: Any, /) -> None:
        lane = current()
        real(state)
        if lane is not None:
            lane.mark("random.setstate", fingerprint(state))

    return stand_in(real, setstate, "random")
