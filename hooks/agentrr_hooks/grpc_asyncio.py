"""The core's channel under `grpc.aio`, as it is recorded and served.  See `grpc`."""

from __future__ import annotations

from agentrr_hooks.grpc_asyncio_calls import AioCall
from agentrr_hooks.grpc_values import core

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator
    from typing import Any

    from agentrr_sandbox.boundary import Boundary


def aio_channel(boundary: Boundary, numbers: Iterator[int], real: Any) -> Callable[..., Any]:
    """Return what makes the channels that stand for those of type *real*."""

    def make(target: bytes, options: Any, credentials: Any, loop: Any) -> Any:
        lane = boundary.lane()
        if lane is None or lane.inside:
            return real(target, options, credentials, loop)
        made = AioChannel(boundary, next(numbers), loop)
        request = {"target": target.decode(), "secure": credentials is not None}

        def live() -> None:
            made.real = real(target, options, credentials, loop)

        lane.cross("grpc.channel", live, request=request)
        return made

    return make


class AioChannel:
    """A channel of the core."""

    real: Any = None

    def __init__(self, boundary: Boundary, number: int, loop: Any) -> None:
        self.boundary, self.number, self.loop = boundary, number, loop
        self._closing, self._calls = False, 0

    def ask(self, call: str, live: Callable[[], Any], /, **request: Any) -> Any:
        """Ask by *live*; by itself where nobody records."""
        lane = self.boundary.lane()
        return live() if lane is None else lane.cross(f"grpc.{call}", live, request=request)

    async def ask_async(
        self, call: str, live: Callable[[], Awaitable[Any]], /, *, outward: bool, **request: Any
    ) -> Any:
        """The async twin of `ask`."""
        lane = self.boundary.lane()
        if lane is None:
            return await live()
        return await lane.cross_async(f"grpc.{call}", live, request=request, outward=outward)

    def check_connectivity_state(self, try_to_connect: bool) -> int:
        """Return whether it is connected; see grpc's `ConnectivityState`."""

        def live() -> int:
            return int(self.real.check_connectivity_state(try_to_connect))

        return int(self.ask("state", live, channel=self.number, connect=bool(try_to_connect)))

    async def watch_connectivity_state(self, last_observed_state: int, deadline: Any) -> bool:
        """Wait until the state is another one, or *deadline*."""

        async def live() -> bool:
            return bool(await self.real.watch_connectivity_state(last_observed_state, deadline))

        said = {"channel": self.number, "state": int(last_observed_state)}
        return bool(await self.ask_async("watch", live, outward=False, **said))

    def closing(self) -> None:
        """Begin no more calls."""
        self._closing = True
        if self.real is not None:
            self.real.closing()

    def close(self) -> None:
        """End it."""
        self._closing = True
        if self.real is not None:
            self.real.close()

    def closed(self) -> bool:
        """Whether it ends."""
        return self._closing

    def get_registered_call_handle(self, method: bytes) -> int:
        """Return what stands for *method* in the core."""
        return 0 if self.real is None else int(self.real.get_registered_call_handle(method))

    def call(self, method: bytes, deadline: Any, *args: Any, **named: Any) -> AioCall:
        """Begin a call, which asks nothing yet."""
        if self._closing:
            raise core().UsageError("Channel is closed.")
        self._calls += 1
        made = AioCall(self, self._calls, method, deadline)
        if self.real is not None:
            made.real = self.real.call(method, deadline, *args, **named)
        return made
