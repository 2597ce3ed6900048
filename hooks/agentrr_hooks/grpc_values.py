"""What gRPC's core says: as values for a recording, and from them again.  See `grpc`."""

from __future__ import annotations

import sys

from agentrr_hooks.postgres_results import bytes_of, text_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

_SAID = {
    "receive_initial_metadata": ("initial_metadata",),
    "receive_message": ("message",),
    "receive_status_on_client": ("code", "details", "trailing_metadata", "error_string"),
}
"""What an operation says when it is done, by its type."""


def core() -> Any:
    """Return gRPC's module in C."""
    return sys.modules["grpc._cython.cygrpc"]


def metadata_of(metadata: Any) -> Any:
    """Return *metadata* as a value of the codec: pairs, or None."""
    if metadata is None:
        return None
    return [[each[0], text_of(each[1]) if type(each[1]) is bytes else each[1]] for each in metadata]


def metadata_from(pairs: Any) -> Any:
    """Return what `metadata_of` was given, as the core makes it."""
    if pairs is None:
        return None
    made = core()._Metadatum
    return tuple(
        made(name, bytes_of(value) if name.endswith("-bin") else value) for name, value in pairs
    )


def event_of(event: Any) -> dict[str, Any]:
    """Return *event*, of the core, as a value of the codec; its tag is one of ours."""
    data: dict[str, Any] = {"type": int(event.completion_type), "success": bool(event.success)}
    if event.tag is not None:
        data["tag"] = event.tag.number
    operations = getattr(event, "batch_operations", None)
    if operations is not None:
        data["operations"] = [_done(one) for one in operations]
    return data


def _done(operation: Any) -> dict[str, Any]:
    kinds = core().OperationType
    for kind, names in _SAID.items():
        if operation.type() == getattr(kinds, kind):
            said = {name: getattr(operation, name)() for name in names}
            for name in ("initial_metadata", "trailing_metadata"):
                if name in said:
                    said[name] = metadata_of(said[name])
            if "code" in said:
                said["code"] = int(said["code"])
            return {"type": int(operation.type()), **said}
    return {"type": int(operation.type())}


class Operation:
    """An operation that is done."""

    def __init__(self, said: dict[str, Any]) -> None:
        self._said = said
        for name in said:
            if name != "type":
                setattr(self, name, self._telling(name))

    def _telling(self, name: str) -> Callable[[], Any]:
        value = self._said[name]
        return lambda: metadata_from(value) if name.endswith("metadata") else value

    def type(self) -> int:
        """Return what it is."""
        return int(self._said["type"])


class Event:
    """An event of the core, as grpc's Python code reads it."""

    def __init__(self, data: dict[str, Any], tag: Any) -> None:
        self.completion_type, self.success, self.tag = data["type"], data["success"], tag
        self.batch_operations = [Operation(said) for said in data.get("operations", ())]


class Tag:
    """A tag that the core hands back, by a number that a replay knows too."""

    def __init__(self, number: int, own: Any) -> None:
        self.number, self.own = number, own

    def __call__(self, event: Any) -> Any:
        """Do what the program's tag does: the core calls it where it drains a channel."""
        return self.own(event)
