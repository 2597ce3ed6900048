"""What crosses the boundary at the transports of httpx and httpx2, recorded and served."""

from __future__ import annotations

import asyncio
import gzip
import threading
import traceback
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import httpx2
import pytest
from unit.hooks.fakes import Diverged, Tape

from agentrr_hooks import httpx as hook
from agentrr_sandbox.demo.server import Server

LIBRARIES: list[Any] = [httpx, httpx2]


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server(latency=0.001, hang=0.3)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(params=LIBRARIES, ids=lambda library: library.__name__)
def library(request: pytest.FixtureRequest) -> Any:
    return request.param


def both(agent: Any, server: Server | None = None) -> tuple[Any, Any, Tape]:
    """Record *agent*, replay it; return what it gave twice, and the tape."""
    tape = Tape()
    with tape.recording(hook):
        recorded = agent()
    hits = server.hits if server else 0
    with tape.replaying(hook):
        replayed = agent()
    assert tape.left() == 0
    if server:
        assert server.hits == hits, "the replay went live"
    return recorded, replayed, tape


def test_a_request_is_served_without_the_server(library: Any, server: Server) -> None:
    def agent() -> Any:
        with library.Client(base_url=server.url) as client:
            got = client.get("/get", params={"a": 1})
            posted = client.post("/post", json={"serial": got.json()["serial"]})
        return got.json(), posted.json(), posted.headers.raw, posted.http_version, posted.is_closed

    recorded, replayed, tape = both(agent, server)
    assert recorded == replayed
    assert recorded[0]["serial"] in recorded[1]["text"]
    assert [event["request"]["method"] for event in tape.events] == ["GET", "POST"]
    assert tape.events[1]["request"]["body"].startswith(b'{"serial"')
    assert "body" not in tape.events[0]["request"]


def test_a_changed_request_is_not_answered(library: Any, server: Server) -> None:
    tape = Tape()
    with tape.recording(hook):
        library.post(f"{server.url}/post", json={"prompt": "old"})
    with tape.replaying(hook), pytest.raises(Diverged):
        library.post(f"{server.url}/post", json={"prompt": "new"})


def test_volatile_headers_do_not_take_part_and_secrets_are_never_told(
    library: Any, server: Server
) -> None:
    tape = Tape()
    headers = {"x-agent": "a", "User-Agent": "mine", "Authorization": "Bearer s3cret"}
    with tape.recording(hook):
        library.get(f"{server.url}/get", headers={**headers, "cookie": "c=s3cret"})
        url = server.url.replace("//", "//user:s3cret@")
        library.get(f"{url}/get")
    request, detail = tape.events[0]["request"], tape.events[0]["detail"]
    assert ["x-agent", "a"] in request["headers"]
    names = {name for name, _ in request["headers"]}
    assert not names & {"user-agent", "authorization", "host", "accept-encoding", "cookie"}
    assert detail["http.request.header.user-agent"] == ["mine"]
    assert detail["agentrr.credentials"] == ["authorization", "cookie"]
    assert detail["server.port"] == server.server_port
    assert "s3cret" not in repr([(e["request"], e["detail"]) for e in tape.events])


def test_streams_come_back_piece_by_piece(library: Any, server: Server) -> None:
    def agent() -> Any:
        with library.stream("GET", f"{server.url}/stream/5") as answer:
            return list(answer.iter_raw()), answer.num_bytes_downloaded

    recorded, replayed, tape = both(agent, server)
    assert recorded == replayed
    assert tape.events[0]["pieces"] == recorded[0]
    assert tape.events[0]["how"] == "end"


def test_a_half_read_and_a_never_read_stream(library: Any, server: Server) -> None:
    def agent() -> Any:
        with library.Client(base_url=server.url) as client:
            with client.stream("GET", "/stream/30") as answer:
                first = next(answer.iter_raw())
            with client.stream("GET", "/stream/3") as unread:
                pass
        return first, answer.is_closed, answer.is_stream_consumed, unread.is_closed

    recorded, replayed, tape = both(agent, server)
    assert recorded == replayed
    assert [event["how"] for event in tape.events] == ["closed", "closed"]
    assert len(tape.events[1]["pieces"]) == 0


@pytest.mark.parametrize("kind", ["gzip", "deflate"])
def test_a_compressed_body_is_recorded_readable(library: Any, server: Server, kind: str) -> None:
    def agent() -> Any:
        answer = library.get(f"{server.url}/{kind}")
        with library.stream("GET", f"{server.url}/{kind}") as streamed:
            raw = b"".join(streamed.iter_raw())
        return answer.json(), answer.headers.raw, raw

    recorded, replayed, tape = both(agent, server)
    assert recorded[:2] == replayed[:2]
    assert recorded[0]["serial"].encode() in b"".join(tape.events[0]["pieces"])
    if kind == "gzip":  # the bytes differ, what they hold does not
        assert gzip.decompress(recorded[2]) == gzip.decompress(replayed[2])


def test_a_body_that_is_not_what_it_says_fails_the_same_way(library: Any) -> None:
    def agent() -> str:
        with pytest.raises(library.DecodingError) as caught:
            library.get("http://liar.test/")
        return str(caught.value)

    genuine = library.HTTPTransport.handle_request

    def handle_request(self: Any, request: Any) -> Any:
        body = library.ByteStream(b"not gzip at all")
        return library.Response(200, headers={"content-encoding": "gzip"}, stream=body)

    handle_request.__module__ = genuine.__module__
    library.HTTPTransport.handle_request = handle_request
    try:
        recorded, replayed, tape = both(agent)
    finally:
        library.HTTPTransport.handle_request = genuine
    assert recorded == replayed
    assert tape.events[0]["pieces"] == [{"raw": b"not gzip at all"}]


def test_uploads_are_read_once_and_sent(library: Any, server: Server) -> None:
    def pages() -> Iterator[bytes]:
        yield b"one,"
        yield b"two"

    def agent() -> Any:
        with library.Client(base_url=server.url) as client:
            answer = client.post("/post", content=pages())
            with pytest.raises(library.RequestNotRead):
                _ = answer.request.content
            return answer.json()

    recorded, replayed, tape = both(agent, server)
    assert recorded == replayed
    assert recorded["text"] == "one,two"
    assert tape.events[0]["request"]["body"] == b"one,two"


def test_a_body_that_fails_while_it_is_made(library: Any, server: Server) -> None:
    def pages() -> Iterator[bytes]:
        yield b"one"
        raise LookupError("page two")

    def agent() -> str:
        with pytest.raises(LookupError, match="page two"):
            library.post(f"{server.url}/post", content=pages())
        return "failed"

    _, _, tape = both(agent, server)
    assert tape.events[0]["request"]["failed"] == "LookupError"


def test_errors_are_answers(library: Any, server: Server) -> None:
    def agent() -> list[tuple[str, str, str]]:
        seen: list[tuple[str, str, str]] = []
        with library.Client(base_url=server.url, timeout=0.1) as client:
            for url in ("/slow", "http://127.0.0.1:1/"):
                try:
                    client.get(url)
                except library.TransportError as error:
                    seen.append((type(error).__name__, str(error), str(error.request.url)))
        return seen

    recorded, replayed, _ = both(agent, server)
    assert recorded == replayed
    assert [name for name, _, _ in recorded] == ["ReadTimeout", "ConnectError"]


def test_a_stream_that_breaks_in_the_middle(library: Any, server: Server) -> None:
    def agent() -> tuple[list[bytes], str, str]:
        got: list[bytes] = []
        with library.stream("GET", f"{server.url}/drop") as answer:
            with pytest.raises(library.RemoteProtocolError) as caught:
                got.extend(answer.iter_raw())
            return got, str(caught.value), str(caught.value.request.url)

    recorded, replayed, tape = both(agent, server)
    assert recorded == replayed
    assert tape.events[0]["how"] == "raised"


def test_async_whole_streamed_uploaded_and_dropped(library: Any, server: Server) -> None:
    async def pages() -> AsyncIterator[bytes]:
        yield b"a"
        yield b"b"

    async def main() -> list[Any]:
        async with library.AsyncClient(base_url=server.url) as client:
            seen = [(await client.get("/gzip")).json()]
            seen.append((await client.post("/post", content=pages())).json())
            async with client.stream("GET", "/stream/4") as answer:
                seen += [line async for line in answer.aiter_lines()]
            async with client.stream("GET", "/stream/20") as answer:
                async for chunk in answer.aiter_raw():
                    seen.append(chunk)
                    break
            try:
                await client.get("/drop")
            except library.RemoteProtocolError as error:
                seen.append(str(error))
        await asyncio.sleep(0)  # what was closed is closed in the loop's next turn
        return seen

    recorded, replayed, _ = both(lambda: asyncio.run(main()), server)
    assert recorded == replayed
    assert recorded[1]["text"] == "ab"


def test_a_cancelled_request_is_recorded_as_cancelled(library: Any, server: Server) -> None:
    tape = Tape()

    async def main() -> None:
        try:
            async with library.AsyncClient(base_url=server.url) as client:
                await asyncio.wait_for(client.get("/slow"), 0.1)
        finally:
            await asyncio.sleep(0)  # what was closed is closed in the loop's next turn

    with tape.recording(hook), pytest.raises(TimeoutError):
        asyncio.run(main())
    assert isinstance(tape.events[0]["raised"], asyncio.CancelledError)


def test_subclasses_and_explicit_transports_are_reached(library: Any, server: Server) -> None:
    class Mine(library.HTTPTransport):  # type: ignore[misc] # the library is a parameter
        def handle_request(self, request: Any) -> Any:
            request.headers["x-mine"] = "yes"
            return super().handle_request(request)

    def agent() -> Any:
        with library.Client(mounts={"http://": Mine()}) as client:
            return client.get(f"{server.url}/get").json()

    recorded, replayed, tape = both(agent, server)
    assert recorded == replayed
    assert ["x-mine", "yes"] in tape.events[0]["request"]["headers"]


def test_transports_within_the_process_are_left_alone(library: Any) -> None:
    def agent() -> str:
        transport = library.MockTransport(lambda request: library.Response(200, text="mocked"))
        with library.Client(transport=transport) as client:
            return str(client.get("http://mock.test/").text)

    recorded, replayed, tape = both(agent)
    assert recorded == replayed == "mocked"
    assert tape.events == []


def test_outside_a_recording_calls_go_straight_through(library: Any, server: Server) -> None:
    tape = Tape()
    with tape.recording(hook) as lane:
        token = lane.gate.enter(None)
        assert library.get(f"{server.url}/get").status_code == 200
        lane.gate.leave(token)
    assert tape.events == []


def test_the_patch_looks_like_the_original_and_is_undone(library: Any) -> None:
    real = library.HTTPTransport.handle_request
    with Tape().recording(hook):
        ours = library.HTTPTransport.handle_request
        assert ours is not real
        assert (ours.__qualname__, ours.__module__) == (real.__qualname__, real.__module__)
        hook.install(_Direct(library), None)  # type: ignore[arg-type] # wraps nothing twice
        assert library.HTTPTransport.handle_request is ours
    assert library.HTTPTransport.handle_request is real


class _Direct:
    """A patcher for a module that stands in for both."""

    def __init__(self, library: Any) -> None:
        self.library = library

    def replace(self, module: str, attribute: str, make: Any) -> None:
        owner, name = attribute.split(".")
        owner = getattr(self.library, owner)
        setattr(owner, name, make(getattr(owner, name)))


def test_a_model_call_is_told_with_its_answer(library: Any, server: Server) -> None:
    request = {"model": "m", "messages": [{"role": "user", "content": "hi"}]}

    def agent() -> Any:
        url = f"{server.url}/v1/chat/completions"
        return library.post(url, json=request).json(), library.post(
            url, json={**request, "stream": True}
        ).text

    recorded, replayed, tape = both(agent, server)
    assert recorded == replayed
    assert tape.events[0]["detail"]["gen_ai.operation.name"] == "chat"
    for event in tape.events:
        assert event["described"]["gen_ai.response.finish_reasons"] == ["stop"]


def test_failures_of_a_model_are_told_too(library: Any, server: Server) -> None:
    server.faults = ["429"]

    def agent() -> Any:
        answer = library.post(f"{server.url}/v1/messages", json={"model": "m", "messages": []})
        return answer.status_code, answer.json()

    recorded, replayed, tape = both(agent, server)
    assert recorded == replayed
    assert tape.events[0]["described"]["error.type"] == "429"


def test_the_traceback_has_only_frames_of_ours_between(library: Any) -> None:
    """With our frames left out, a recorded error reads as it would have without us."""

    def agent() -> list[str]:
        try:
            library.get("http://127.0.0.1:1/")
        except library.ConnectError as error:
            frames = traceback.extract_tb(error.__traceback__)
            ours = ("agentrr_hooks", "agentrr_sandbox", "fakes.py")
            return [f.name for f in frames if not any(part in f.filename for part in ours)]
        return []

    bare = agent()
    with Tape().recording(hook):
        assert agent() == bare
