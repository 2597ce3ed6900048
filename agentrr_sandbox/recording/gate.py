"""Pickles, which run code when they are loaded: made only when asked for, loaded only if proven.

`agentrr run --pickle` stores with cloudpickle what the codec refuses, each with an HMAC by this
machine's key over the recording's salt and the pickle, so that it cannot be moved to another
recording.  A replay loads a pickle whose HMAC verifies, or any with `--allow-pickle`, which says
first what the pickle names.  What both run of the user's code is no part of the run: it goes
through the doors of a live call.
"""

from __future__ import annotations

from agentrr_sandbox import real
from agentrr_sandbox.errors import CannotRecord, Undecodable, Unencodable
from agentrr_sandbox.lanes import process_gate
from agentrr_sandbox.recording.codec import base64, unbase64

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

_BLOCK = 64
_KEY = 32
_OTHERS = 0o077


class Pickles:
    """The gate of one recording.  *salt* is the recording's, *key* this machine's, if it has one.

    *allow* loads what does not verify: whatever code it holds runs; *say* gets what it names.
    *refused* says why there is no key, where one is that must not be used.  *secret* tells whether
    bytes hold what must not be stored: in a pickle nothing is redacted.
    """

    __slots__ = ("_allow", "_key", "_refused", "_salt", "_say", "_secret")

    def __init__(
        self,
        key: bytes | None,
        salt: bytes,
        *,
        allow: bool = False,
        refused: str = "",
        say: Callable[[str], object] = lambda _: None,
        secret: Callable[[bytes], bool] = lambda _: False,
    ) -> None:
        self._key = key
        self._salt = salt
        self._allow = allow
        self._refused = refused
        self._say = say
        self._secret = secret

    def encode(self, value: object) -> dict[str, Any]:
        """Return *value* as a signed pickle.  Raises `Unencodable`."""
        try:
            data = _aside(_aside(_cloudpickle, None, out=True).dumps, value)
        except Unencodable:
            raise
        except Exception as error:
            what = f"{type(error).__name__}: {error}"
            raise Unencodable(
                f"{type(value).__qualname__}: not even a pickle: {what:.200}"
            ) from None
        if self._secret(data):
            raise Unencodable(f"{type(value).__qualname__}: its pickle would hold a secret")
        return {"$": "pickle", "v": base64(data), "m": self._sign(data)}

    def decode(self, stored: dict[str, Any]) -> Any:
        """Return the value, if this machine made the pickle.  Raises `Undecodable`."""
        from _operator import _compare_digest

        data = unbase64(stored["v"])
        proven = self._key is not None and _compare_digest(str(stored["m"]), self._sign(data))
        if not proven and not self._allow:
            raise Undecodable(
                f"the stored value is a pickle that cannot be proven to be of this machine:"
                f" {self._refused}"
                if self._refused
                else "the stored value is a pickle that was not made on this machine for this"
                " recording",
                hint="replay with --allow-pickle to load it: that runs whatever code it holds",
            )
        if not proven:
            from agentrr_sandbox.recording.pickled_names import names

            found = ", ".join(_aside(names, data)) or "nothing"
            self._say(f"loading a pickle that was not made here; it names {found}")
        try:
            _aside(_cloudpickle, None, out=True)
        except Unencodable:
            pass  # not every pickle needs it; one that does says so
        return _aside(_loads, data)

    def _sign(self, data: bytes) -> str:
        return hmac(self._key or b"", self._salt + b"\0" + data).hex()


def _cloudpickle(_: object = None) -> Any:
    """Import what makes pickles, and is named by those that it made."""
    try:
        import cloudpickle  # type: ignore[import-untyped] # it has no annotations
    except ImportError:
        raise Unencodable("--pickle needs cloudpickle, which this Python does not have") from None
    return cloudpickle


def _loads(data: bytes) -> Any:
    """Load a pickle.  What it calls is called from a frame that is not ours: the seal holds it."""
    import pickle

    code = compile("loads(data)", "<pickle>", "eval")
    return eval(code, {"loads": pickle.loads, "data": data})  # noqa: S307 - verified, or allowed


def _aside(do: Callable[[Any], Any], value: object, *, out: bool = False) -> Any:
    """Call *do* where crossings are no answers: the recorded and the replayed run differ in it.

    With *out* it is no part of the run at all; only for what runs no code of the user's.
    """
    gate = process_gate()
    lane: Any = gate.lane() if gate is not None else None
    if gate is None or lane is None:
        return do(value)
    token = gate.enter(None if out else getattr(lane, "inner", lane))
    try:
        return do(value)
    finally:
        gate.leave(token)


def hmac(key: bytes, message: bytes) -> bytes:
    """Return HMAC-SHA-256 (RFC 2104)."""
    from agentrr_sandbox.recording.jsontext import sha256

    block = key.ljust(_BLOCK, b"\0")
    inner = sha256(bytes(byte ^ 0x36 for byte in block) + message).digest()
    return bytes(sha256(bytes(byte ^ 0x5C for byte in block) + inner).digest())


def key_path(environ: dict[str, str]) -> str:
    """Return where this user's key is: `$XDG_CONFIG_HOME/agentrr/key`."""
    base = environ.get("XDG_CONFIG_HOME") or f"{environ.get('HOME', '')}/.config"
    return f"{base}/agentrr/key"


def machine_key(path: str, *, create: bool) -> bytes | None:
    """Return this machine's key; None if there is none and it is not to be made.

    Raises `CannotRecord` when others could read or change it, or it cannot be made.
    """
    import os

    try:
        if create:
            os.makedirs(os.path.dirname(path), 0o700, exist_ok=True)
            _make(path)
        descriptor = real.os_open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise CannotRecord(f"the key {path} cannot be used: {error.strerror}") from None
    try:
        status = real.fstat(descriptor)
        key = real.read(descriptor, _KEY + 1)
    finally:
        real.close(descriptor)
    if status.st_mode & _OTHERS or status.st_uid not in (os.geteuid(), 0):
        raise CannotRecord(
            f"the key {path} can be read by others",
            hint=f"if nobody has: chmod 600 {path}; else remove it, and record again",
        )
    if len(key) != _KEY:
        raise CannotRecord(f"the key {path} is damaged", hint="remove it; a new one is made")
    return key


def _make(path: str) -> None:
    import os

    try:
        descriptor = real.os_open(
            path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600
        )
    except FileExistsError:
        return
    try:
        real.write(descriptor, real.urandom(_KEY))
        real.fsync(descriptor)
    finally:
        real.close(descriptor)
