"""The core's calls under `grpc.aio`, as they are recorded and served.  See `grpc`.

The core tells what becomes of a call in the middle of a loop's turn.  Here each thing that is
waited for is a crossing, and what the program is told follows from its answer.
"""

from __future__ import annotations

from agentrr_hooks.grpc_values import core, metadata_from, metadata_of
from agentrr_hooks.standin import partial

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from typing import Any

    from agentrr_hooks.grpc_asyncio import AioChannel

_COLLECTED = "Cancelled upon garbage collection!"


class AioCall:
    """A call of the core."""

    real: Any = None

    def __init__(self, channel: AioChannel, number: int, method: bytes, deadline: Any) -> None:
        self._channel, self._method, self._deadline = channel, method, deadline
        self._name = {"channel": channel.number, "call": number}
        self._status: Any = None
        self._initial_metadata: Any = None
        self._cancelled = False
        self._callbacks: list[Any] = []
        self._waiting: list[Any] = []
        self._under_way: Any = None

    async def _ask(
        self, call: str, live: Callable[[], Awaitable[Any]], *, outward: bool = False, **said: Any
    ) -> Any:
        return await self._channel.ask_async(call, live, outward=outward, **self._name, **said)

    def _ended(self, code: int, details: Any, trailing: Any, error: Any) -> None:
        """Know the status, and tell who waits for it."""
        self._status = core().AioRpcStatus(code, details, metadata_from(trailing), error)
        if self._initial_metadata is None:
            self._initial_metadata = ()
        waiting, self._waiting = self._waiting, []
        for future in waiting:
            if not future.done():
                future.set_result(None)
        callbacks, self._callbacks = self._callbacks, []
        for callback in callbacks:
            callback()

    def _began(self, initial: Any) -> None:
        if self._initial_metadata is None:
            self._initial_metadata = metadata_from(initial)

    async def _told(self) -> dict[str, Any]:
        """Return the genuine one's status, when there is one."""
        status = await self.real.status()
        return {
            "code": int(status.code()),
            "details": status.details(),
            "trailing": metadata_of(status.trailing_metadata()),
            "error": status.debug_error_string(),
        }

    async def _watch(self) -> None:
        """Wait for the status, which may come at any time."""
        told = await self._ask("status", self._told)
        if not self._cancelled and self._status is None:
            self._ended(**told)

    async def unary_unary(self, request: bytes, metadata: Any, context: Any = None) -> Any:
        """Ask with one message; return the one that is answered, None where it failed."""

        async def live() -> dict[str, Any]:
            answer = await self.real.unary_unary(request, metadata, context)
            initial = metadata_of(await self.real.initial_metadata())
            return {"message": answer, "initial": initial, "status": await self._told()}

        answer = await self._ask("call", live, outward=True, **self._begin(metadata, request))
        self._began(answer["initial"])
        if not self._cancelled:
            self._ended(**answer["status"])
        return answer["message"]

    def _begin(self, metadata: Any, *messages: bytes) -> dict[str, Any]:
        said = {"method": self._method.decode(), "metadata": metadata_of(metadata) or []}
        return {**said, "messages": list(messages)}

    async def initiate_unary_stream(
        self, request: bytes, metadata: Any, context: Any = None
    ) -> None:
        """Ask with one message; many will be answered."""
        watching = self._channel.loop.create_task(self._watch())

        async def live() -> Any:
            await self.real.initiate_unary_stream(request, metadata, context)
            return metadata_of(await self.real.initial_metadata())

        said = self._begin(metadata, request)
        self._began(await self._ask("call", live, outward=True, **said))
        self._watching = watching  # a loop holds its tasks weakly

    async def stream_unary(self, metadata: Any, observer: Any, context: Any = None) -> Any:
        """Begin to ask with many messages; return the one that is answered, None where none is."""
        await self._sending("stream_unary", metadata, observer, context)

        async def live() -> dict[str, Any]:
            answer = await self._under_way
            initial = metadata_of(await self.real.initial_metadata())
            return {"message": answer, "initial": initial, "status": await self._told()}

        answer = await self._ask("answer", live)
        self._began(answer["initial"])
        if not self._cancelled:
            self._ended(**answer["status"])
        return answer["message"]

    async def initiate_stream_stream(
        self, metadata: Any, observer: Any, context: Any = None
    ) -> None:
        """Begin to ask with many messages; many will be answered."""
        self._watching = self._channel.loop.create_task(self._watch())
        await self._sending("initiate_stream_stream", metadata, observer, context)

        async def live() -> Any:
            await self._under_way
            return metadata_of(await self.real.initial_metadata())

        self._began(await self._ask("answer", live))

    async def _sending(self, kind: str, metadata: Any, observer: Any, context: Any) -> None:
        """Begin a call of *kind*, until it may send; it goes on meanwhile."""

        async def live() -> None:
            ready = self._channel.loop.create_future()
            begin = getattr(self.real, kind)
            asked = begin(metadata, partial(_set, ready), context)
            self._under_way = self._channel.loop.create_task(asked)
            self._under_way.add_done_callback(partial(_set, ready))
            await ready

        await self._ask("call", live, outward=True, **self._begin(metadata))
        observer()

    async def receive_serialized_message(self) -> Any:
        """Return the next message that is answered, `EOF` after the last."""

        async def live() -> Any:
            message = await self.real.receive_serialized_message()
            return None if message is core().EOF else message

        message = await self._ask("message", live)
        return core().EOF if message is None else message

    async def send_serialized_message(self, message: bytes) -> None:
        """Ask with one more message."""
        live = partial(_sent, self, message)
        await self._ask("send", live, outward=True, message=message)

    async def send_receive_close(self) -> None:
        """Say that no more messages come."""

        async def live() -> None:
            await self.real.send_receive_close()

        await self._ask("done_writing", live, outward=True)

    async def status(self) -> Any:
        """Return the status, when there is one."""
        while self._status is None:
            await self._wait()
        return self._status

    async def initial_metadata(self) -> Any:
        """Return what the server said first."""
        if self._initial_metadata is None:

            async def live() -> Any:
                return metadata_of(await self.real.initial_metadata())

            self._began(await self._ask("initial_metadata", live))
        return self._initial_metadata

    async def _wait(self) -> None:
        future = self._channel.loop.create_future()
        self._waiting.append(future)
        await future

    def cancel(self, details: str) -> None:
        """End it."""
        self._cancelled = True
        if details == _COLLECTED:  # wherever the garbage was
            if self.real is not None:
                self.real.cancel(details)
        else:
            live = partial(lambda: self.real.cancel(details))
            self._channel.ask("cancel", live, **self._name, details=details)
        self._ended(core().StatusCode.cancelled, details, None, None)

    def set_internal_error(self, error_str: str) -> None:
        """Know that the core failed."""
        self._ended(core().StatusCode.internal, "Internal error from Core", [], error_str)

    def add_done_callback(self, callback: Any) -> None:
        """Call *callback* when it has ended."""
        if self.done():
            callback()
        else:
            self._callbacks.append(callback)

    def time_remaining(self) -> float | None:
        """Return how many seconds are left."""
        if self._deadline is None:
            return None
        import time

        return max(0.0, float(self._deadline) - time.time())

    def done(self) -> bool:
        """Whether it has ended."""
        return self._status is not None

    def cancelled(self) -> bool:
        """Whether it was cancelled."""
        return self.done() and bool(self._status.code() == core().StatusCode.cancelled)

    def is_ok(self) -> bool:
        """Whether it ended well."""
        return self.done() and bool(self._status.code() == core().StatusCode.ok)

    def is_locally_cancelled(self) -> bool:
        """Whether the program cancelled it."""
        return self._cancelled


def _set(future: Any, *_: Any) -> None:
    if not future.done():
        future.set_result(None)


async def _sent(call: Any, message: bytes) -> None:
    await call.real.send_serialized_message(message)
