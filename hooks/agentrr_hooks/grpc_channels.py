"""The core's channel under `grpc`, as it is recorded and served.  See `grpc`.

Everything above it is Python code, threads included, and runs in a replay as it is.
"""

from __future__ import annotations

from agentrr_hooks.grpc_values import Event, Tag, event_of, metadata_of
from agentrr_hooks.standin import partial

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    from agentrr_sandbox.boundary import Boundary

_DROPPED = "Channel deallocated!"


def channel(boundary: Boundary, numbers: Iterator[int], real: Any) -> Callable[..., Any]:
    """Return what makes the channels that stand for those of type *real*."""

    def make(target: bytes, arguments: Any, credentials: Any) -> Any:
        lane = boundary.lane()
        if lane is None or lane.inside:
            return real(target, arguments, credentials)
        made = _Channel(boundary, next(numbers))
        request = {"target": target.decode(), "secure": credentials is not None}

        def live() -> None:
            made.real = real(target, arguments, credentials)

        lane.cross("grpc.channel", live, request=request)
        return made

    return make


class _Asking:
    """Asks the core through the boundary, where the program does; by itself elsewhere."""

    def __init__(self, boundary: Boundary, name: dict[str, int]) -> None:
        self._boundary, self._name = boundary, name

    def ask(self, call: str, live: Callable[[], Any], *, outward: bool = False, **said: Any) -> Any:
        """Ask by *live*; *said* is what it asks."""
        lane = self._boundary.lane()
        if lane is None or lane.inside:
            return live()
        request = {**self._name, **said}
        return lane.cross(f"grpc.{call}", live, request=request, outward=outward)


class _Tags:
    """The tags of a channel's batches, numbered as they are handed in."""

    def __init__(self) -> None:
        self._tags: list[Any] = []

    def new(self, own: Any) -> Tag:
        """Return a tag for the core that stands for *own*."""
        self._tags.append(own)
        return Tag(len(self._tags) - 1, own)

    def event(self, data: dict[str, Any]) -> Event:
        """Return the event of *data*."""
        number = data.get("tag")
        return Event(data, None if number is None else self._tags[number])


def _sent(operations: Any) -> list[bytes]:
    return [one.sent for one in operations if hasattr(one, "sent")]


class _Channel:
    """A channel of the core."""

    real: Any = None

    def __init__(self, boundary: Boundary, number: int) -> None:
        self._boundary, self._number, self._calls = boundary, number, 0
        self._asking = _Asking(boundary, {"channel": number})
        self._tags = _Tags()
        self._handles: dict[Any, int] = {}

    def _call(
        self, kind: str, tags: _Tags, flags: int, method: bytes, host: Any, deadline: Any,
        metadata: Any, credentials: Any, batches: Any, *others: Any, **named: Any,
    ) -> _Call:  # fmt: skip
        self._calls += 1
        made = _Call(_Asking(self._boundary, {"channel": self._number, "call": self._calls}), tags)
        batches = [(operations, tags.new(tag)) for operations, tag in batches]

        def live() -> None:
            begin = getattr(self.real, kind)
            made.real = begin(
                flags, method, host, deadline, metadata, credentials, batches, *others, **named
            )

        messages = [message for operations, _ in batches for message in _sent(operations)]
        self._asking.ask(
            "call",
            live,
            outward=True,
            method=method.decode(),
            messages=messages,
            metadata=metadata_of(metadata) or [],
        )
        return made

    def segregated_call(self, *args: Any, **named: Any) -> _Call:
        """Begin a call whose events are asked of itself."""
        return self._call("segregated_call", _Tags(), *args, **named)

    def integrated_call(self, *args: Any, **named: Any) -> _Call:
        """Begin a call whose events are asked of the channel."""
        return self._call("integrated_call", self._tags, *args, **named)

    def next_call_event(self) -> Event:
        """Wait for an event of one of the calls."""
        live = partial(_next, self, "next_call_event")
        return self._tags.event(self._asking.ask("event", live))

    def check_connectivity_state(self, try_to_connect: bool) -> int:
        """Return whether it is connected; see grpc's `ConnectivityState`."""
        live = partial(_state, self, try_to_connect)
        return int(self._asking.ask("state", live, connect=bool(try_to_connect)))

    def watch_connectivity_state(self, last_observed_state: int, deadline: Any) -> Event:
        """Wait until the state is another one, or *deadline*."""

        def live() -> dict[str, Any]:
            event = self.real.watch_connectivity_state(last_observed_state, deadline)
            return {"type": int(event.completion_type), "success": bool(event.success)}

        return Event(self._asking.ask("watch", live, state=int(last_observed_state)), None)

    def close(self, code: Any, details: str) -> None:
        """End it, and its calls."""
        if details == _DROPPED:  # wherever the garbage was collected
            if self.real is not None:
                self.real.close(code, details)
            return
        self._asking.ask("close", lambda: self.real.close(code, details))

    def get_registered_call_handle(self, method: Any) -> int:
        """Return what stands for *method* in the core."""
        if self.real is not None:
            return int(self.real.get_registered_call_handle(method))
        return self._handles.setdefault(method, len(self._handles) + 1)

    def close_on_fork(self, code: Any, details: str) -> None:
        """End it in a child."""
        if self.real is not None:
            self.real.close_on_fork(code, details)

    def cancel_calls_on_fork(self, code: Any, details: str) -> None:
        """End its calls before a fork."""
        if self.real is not None:
            self.real.cancel_calls_on_fork(code, details)


def _next(asked: Any, name: str) -> dict[str, Any]:
    return event_of(getattr(asked.real, name)())


def _state(asked: Any, connect: bool) -> int:
    return int(asked.real.check_connectivity_state(connect))


class _Call:
    """A call of the core, of either kind."""

    real: Any = None

    def __init__(self, asking: _Asking, tags: _Tags) -> None:
        self._asking, self._tags = asking, tags

    def operate(self, operations: Any, tag: Any) -> bool:
        """Begin more operations; whether the call is still under way."""
        ours = self._tags.new(tag)
        live = partial(lambda: bool(self.real.operate(operations, ours)))
        kinds = [int(one.type()) for one in operations]
        return bool(
            self._asking.ask(
                "operate", live, outward=True, operations=kinds, messages=_sent(operations)
            )
        )

    def cancel(self, code: Any, details: str) -> None:
        """End it."""
        self._asking.ask("cancel", lambda: self.real.cancel(code, details), details=details)

    def next_event(self) -> Event:
        """Wait for its next event."""
        return self._tags.event(self._asking.ask("event", partial(_next, self, "next_event")))
