# ruff: noqa: E501 - tables of cases
from __future__ import annotations

import asyncio
import json
import sys
import traceback
import types
import urllib.error
from typing import Any

import anthropic
import httpx
import httpx2
import openai
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentrr_sandbox.errors import Undecodable
from agentrr_sandbox.recording import codec, raised
from agentrr_sandbox.recording.jsontext import dumps, loads


class Refused(Exception):
    def __init__(self, code: int, *, reason: str) -> None:
        super().__init__(f"{code} {reason}")
        self.code = code
        self.reason = reason


class Slotted(ValueError):
    __slots__ = ("extra",)


class Closing(Exception):
    def __del__(self) -> None:
        pass


def there_and_back(error: BaseException) -> BaseException:
    return raised.decode(loads(dumps(raised.encode(error))))


def caught(function: Any, *args: Any) -> BaseException:
    try:
        function(*args)
    except BaseException as error:
        return error
    raise AssertionError("nothing was raised")


def fail(error: BaseException) -> None:
    raise error


ERRORS = [
    ValueError(), KeyError("x"), OSError(2, "no such file", "f"), OSError(2, "no", "f", None, "g"),
    OSError("plain"), ConnectionResetError(104, "reset"), UnicodeDecodeError("utf8", b"x\xff", 0, 1, "r"),
    UnicodeEncodeError("ascii", "\xe9", 0, 1, "r"), StopIteration(3), SystemExit(4), KeyboardInterrupt(),
    SyntaxError("bad", ("f.py", 1, 2, "text", 1, 3)), ImportError("no", name="n", path="p"),
    json.JSONDecodeError("bad", "doc", 1), asyncio.CancelledError("why"), TimeoutError("late"),
    Refused(3, reason="full"), urllib.error.URLError("down"),
]  # fmt: skip


@pytest.mark.parametrize("error", ERRORS, ids=[str(n) for n in range(len(ERRORS))])
def test_type_arguments_and_attributes(error: BaseException) -> None:
    found = there_and_back(error)
    assert type(found) is type(error)
    assert found.args == error.args
    assert str(found) == str(error)
    assert found.__dict__ == error.__dict__
    for name in ("errno", "strerror", "filename", "filename2", "code", "value", "name", "lineno"):
        assert getattr(found, name, None) == getattr(error, name, None)
    assert traceback.format_exception_only(found) == traceback.format_exception_only(error)


def test_members_of_a_subclass_of_oserror() -> None:
    class_of = type("Down", (ConnectionError,), {"__module__": __name__})
    globals()["Down"] = class_of
    try:
        found: Any = there_and_back(class_of(111, "refused"))
        assert (found.errno, found.strerror, str(found)) == (111, "refused", "[Errno 111] refused")
    finally:
        del globals()["Down"]


@pytest.mark.parametrize("library", [httpx, httpx2])
def test_errors_of_http_clients(library: Any) -> None:
    request = library.Request("POST", "http://host/path?q=1", json={"a": 1}, headers={"x": "y"})
    found: Any = there_and_back(library.ConnectTimeout("slow", request=request))
    assert type(found) is library.ConnectTimeout
    assert str(found.request.url) == "http://host/path?q=1"
    assert found.request.content == b'{"a":1}'
    response = library.Response(
        500, json={"b": 2}, request=request, extensions={"http_version": b"HTTP/2"}
    )
    found = there_and_back(caught(response.raise_for_status))
    assert found.response.json() == {"b": 2}
    assert found.response.headers == response.headers
    assert found.response.http_version == "HTTP/2"
    assert found.response.request.method == "POST"
    found = there_and_back(library.TooManyRedirects("loop", request=request))
    assert type(found) is library.TooManyRedirects


@pytest.mark.parametrize("library", [openai, anthropic])
def test_errors_of_model_libraries(library: Any) -> None:
    request = httpx2.Request("POST", "http://host/")
    response = httpx2.Response(
        429, json={"error": {}}, request=request, headers={"retry-after": "1"}
    )
    error = library.RateLimitError("slow down", response=response, body={"error": {"code": "x"}})
    found: Any = there_and_back(error)
    assert type(found) is library.RateLimitError
    assert found.status_code == 429
    assert found.response.headers["retry-after"] == "1"
    assert found.body == {"error": {"code": "x"}}
    assert str(found) == "slow down"
    found = there_and_back(library.APITimeoutError(request=request))
    assert type(found) is library.APITimeoutError


def test_values_of_http_clients() -> None:
    for library in (httpx, httpx2):
        for value in (
            library.URL("http://u:p@h/x?y#z"),
            library.QueryParams({"a": ["1", "2"]}),
            library.Headers([("A", "b"), ("a", "c")]),
            library.Timeout(5, connect=1),
        ):
            found = codec.decode(loads(dumps(codec.encode(value))))
            assert type(found) is type(value)
            assert found == value


def test_values_of_model_libraries() -> None:
    from openai.types.chat import ChatCompletion

    answer = ChatCompletion.model_validate(
        {"id": "x", "object": "chat.completion", "created": 1, "model": "m", "choices": [
            {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "hi"}}]}
    )  # fmt: skip
    found = codec.decode(loads(dumps(codec.encode(answer))))
    assert found == answer
    assert found.choices[0].message.content == "hi"


def test_cause_context_notes_and_groups() -> None:
    def outer() -> None:
        try:
            fail(KeyError("low"))
        except KeyError as low:
            error = ExceptionGroup("both", [ValueError(1), TypeError(2)])
            error.add_note("a note")
            raise error from low

    found: Any = there_and_back(caught(outer))
    assert isinstance(found.__cause__, KeyError)
    assert found.__context__ is found.__cause__
    assert found.__suppress_context__
    assert found.__notes__ == ["a note"]
    assert [type(each) for each in found.exceptions] == [ValueError, TypeError]
    assert [f.name for f in traceback.extract_tb(found.__cause__.__traceback__)] == [
        "outer",
        "fail",
    ]


def test_what_cannot_be_stored_of_it_prints_alike() -> None:
    error = ValueError(len, iter([]), type(sys))
    error.client = sys  # type: ignore[attr-defined]
    error.mine = Refused.__init__  # type: ignore[attr-defined]
    found: Any = there_and_back(error)
    assert "built-in function len" in str(found)
    assert "object at" not in str(found)
    assert repr(found.client) == repr(sys)


def test_a_cycle_of_contexts_is_cut() -> None:
    first, second = ValueError(1), KeyError(2)
    first.__context__, second.__context__ = second, first
    found = there_and_back(first)
    assert isinstance(found.__context__, KeyError)
    assert found.__context__.__context__ is None


def test_a_class_that_cannot_be_found_again_is_said() -> None:
    class Local(Exception):
        pass

    stored = raised.encode(Local())
    with pytest.raises(Undecodable, match="Local"):
        raised.decode(stored)
    with pytest.raises(Undecodable, match="finaliser"):
        raised.decode(raised.encode(Closing()))
    with pytest.raises(Undecodable, match="not an exception"):
        raised.decode([1])


def test_context_from_above_the_boundary_is_the_present_one() -> None:
    def ask(error: BaseException | None) -> Any:
        try:
            int("x")
        except ValueError as handled:
            if error is None:
                stored = raised.encode(caught(fail, KeyError("below")))
                assert "ValueError" not in dumps(stored)
                return stored
            with pytest.raises(KeyError) as again:
                raised.throw(raised.decode(stored_above))
            assert again.value.__context__ is handled
        return None

    stored_above = ask(None)
    ask(KeyError())


def test_throw_keeps_the_recorded_context() -> None:
    error = KeyError("x")
    context = error.__context__ = ValueError("recorded")
    try:
        int("y")
    except ValueError:
        assert caught(raised.throw, error).__context__ is context
    with pytest.raises(KeyError):
        raised.throw(KeyError())


def test_positions_of_code_without_columns() -> None:
    table = raised.line_table(20, 5, 9, None, None, None)
    code = raised._model.__code__
    made = code.replace(co_linetable=table, co_firstlineno=5)
    assert next(iter(made.co_positions())) == (9, 9, None, None)


spans = st.tuples(
    st.integers(1, 1 << 20), st.integers(0, 300), st.integers(0, 5000), st.integers(0, 5000)
)


@given(spans, st.integers(-200, 200))
def test_location_table_says_the_span(span: tuple[int, int, int, int], delta: int) -> None:
    line, more, column, end = span
    code = raised._model.__code__
    first = max(line - delta, 0)
    table = raised.line_table(len(code.co_code) // 2, first, line, line + more, column, end)
    made = code.replace(co_linetable=table, co_firstlineno=first)
    assert set(made.co_positions()) == {(line, line + more, column, end)}


@pytest.mark.parametrize("line", [None, -1, 1 << 40, "x"])
def test_made_up_frames(line: object) -> None:
    stored = {
        "$": "ex", "c": "builtins:ValueError", "a": [],
        "tb": [{"file": "f", "name": "n", "at": [line, 1, 1, 1]}],
    }  # fmt: skip
    with pytest.raises(Undecodable):
        raised.decode(stored)


def test_missing_sources_are_named() -> None:
    stored = raised.encode(caught(fail, ValueError()))
    assert raised.missing_files(stored) == []
    stored["tb"][0]["file"] = "/no/such/file.py"
    stored["tb"][1]["file"] = "<string>"
    assert raised.missing_files([stored]) == ["/no/such/file.py"]


def test_a_traceback_without_a_line() -> None:
    error = caught(fail, ValueError())
    assert isinstance(error.__traceback__, types.TracebackType)
    link = error.__traceback__
    error.__traceback__ = types.TracebackType(None, link.tb_frame, -1, 7)
    stored = raised.encode(error)
    assert stored["tb"][0]["at"] == [7, None, None, None]
    assert there_and_back(error).__traceback__.tb_lineno == 7  # type: ignore[union-attr]


class Shy:
    """Has `reach`, in its class and in itself."""

    def reached(self) -> None:
        pass


def misspelt(obj: object) -> None:
    obj.reachd  # type: ignore[attr-defined] # noqa: B018


def unknown_name() -> None:
    reachable = 1
    reachabel  # type: ignore[name-defined] # noqa: B018, F821
    del reachable


@pytest.mark.parametrize("what", ["class", "instance", "name"])
def test_the_printers_advice_is_the_same(what: str) -> None:
    shy = Shy()
    if what == "instance":
        shy.__dict__["reachd_"] = 1
    error = caught(unknown_name) if what == "name" else caught(misspelt, shy)
    text = traceback.format_exception(error)
    if sys.version_info >= (3, 12):  # before, the interpreter alone gives advice
        assert "Did you mean" in text[-1]
    again = there_and_back(error)
    assert traceback.format_exception(again)[-1] == text[-1]


def test_a_name_of_code_that_was_renamed() -> None:
    def plain() -> None:
        raise ValueError("x")

    plain.__code__ = plain.__code__.replace(co_name="renamed")
    error = caught(plain)
    stored = raised.encode(error)
    assert stored["tb"][-1]["co_name"] == "renamed"
    again: Any = there_and_back(error).__traceback__
    while again.tb_next is not None:
        again = again.tb_next
    assert again.tb_frame.f_code.co_name == "renamed"


@pytest.mark.parametrize("stored", [["not"], 3, {"$": "i", "v": "7"}, "text"])
def test_what_is_no_exception_is_refused(stored: Any) -> None:
    with pytest.raises(Undecodable):
        raised.decode(stored)


def test_a_path_that_cannot_be_one_is_missing() -> None:
    assert raised.missing_files({"at": [1], "file": "a\0b"}) == ["a\0b"]
