"""Pickles, which run code when they are loaded: made only when asked for, loaded only if proven.

`agentrr run --pickle` stores with cloudpickle what the codec refuses, each with an HMAC by this
machine's key over the recording's salt and the pickle, so that it cannot be moved to another
recording.  A replay loads a pickle whose HMAC verifies, or any with `--allow-pickle`.
"""

from __future__ import annotations

from agentrr_sandbox import real
from agentrr_sandbox.errors import CannotRecord, Undecodable, Unencodable
from agentrr_sandbox.recording.codec import base64, unbase64

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_BLOCK = 64
_KEY = 32
_OTHERS = 0o077


class Pickles:
    """The gate of one recording.  *salt* is the recording's, *key* this machine's.

    *allow* loads what does not verify: whatever code it holds runs.
    """

    __slots__ = ("_allow", "_key", "_salt")

    def __init__(self, key: bytes, salt: bytes, *, allow: bool = False) -> None:
        self._key = key
        self._salt = salt
        self._allow = allow

    def encode(self, value: object) -> dict[str, Any]:
        """Return *value* as a signed pickle.  Raises `Unencodable`."""
        try:
            import cloudpickle  # type: ignore[import-untyped] # it has no annotations

            data = cloudpickle.dumps(value)
        except Exception as error:
            what = f"{type(error).__name__}: {error}"
            raise Unencodable(
                f"{type(value).__qualname__}: not even a pickle: {what:.200}"
            ) from None
        return {"$": "pickle", "v": base64(data), "m": self._sign(data)}

    def decode(self, stored: dict[str, Any]) -> Any:
        """Return the value, if this machine made the pickle.  Raises `Undecodable`."""
        from _operator import _compare_digest

        data = unbase64(stored["v"])
        if not self._allow and not _compare_digest(str(stored["m"]), self._sign(data)):
            raise Undecodable(
                "the stored value is a pickle that was not made on this machine for this recording",
                hint="replay with --allow-pickle to load it: that runs whatever code it holds",
            )
        import pickle

        return pickle.loads(data)  # noqa: S301 - verified, or allowed by the user

    def _sign(self, data: bytes) -> str:
        return hmac(self._key, self._salt + b"\0" + data).hex()


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
