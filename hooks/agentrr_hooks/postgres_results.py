"""Results of libpq: as values for a recording, and from them again.  See `postgres`.

A served result is a genuine one of libpq's, filled with the recorded rows by `PQsetvalue`, because
psycopg's code in C reads rows from there.  What libpq has no way to set (the command's tag, an
error's fields) is answered by the object around it.
"""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Self

_FIELD = ("fname", "ftable", "ftablecol", "fformat", "ftype", "fsize", "fmod")
_made: dict[Any, Any] = {}
_LAYOUT = ("__dict__", "__weakref__", "__module__", "__doc__")


def text_of(value: bytes) -> Any:
    """Return *value* as text where it is text."""
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value


def bytes_of(value: Any) -> Any:
    """Return what `text_of` was given."""
    return value.encode() if type(value) is str else value


def nameless(name: str) -> str:
    """Return *name*, of a cursor of the server, without what may be an address in it.

    SQLAlchemy names a cursor by where it is in memory.
    """
    import re

    return re.sub(r"(?<![0-9a-zA-Z])[0-9a-f]{10,16}(?![0-9a-zA-Z])", "*", name)


def bare(value: Any) -> Any:
    """Return *value*, of an argument or attribute, as a value of the codec."""
    kind = type(value)
    if value is None or kind in (str, bool, int, float):
        return value
    if isinstance(value, int):
        return int(value)
    if kind in (list, tuple):
        return [bare(item) for item in value]
    if kind is bytes or isinstance(value, bytearray | memoryview):
        return text_of(bytes(value))
    return str(value)


def _pq() -> Any:
    return sys.modules["psycopg.pq"]


def stored(result: Any) -> dict[str, Any]:
    """Return *result*, a genuine one, as a value of the codec."""
    pq = _pq()
    data: dict[str, Any] = {"status": pq.ExecStatus(result.status).name}
    for name in ("command_status", "command_tuples", "oid_value", "error_message"):
        if value := bare(getattr(result, name)):
            data[name] = value
    if result.nparams:
        data["parameters"] = [result.param_type(i) for i in range(result.nparams)]
    columns = range(result.nfields)
    if columns:
        data["columns"] = [[bare(getattr(result, each)(i)) for each in _FIELD] for i in columns]
        text = [result.fformat(i) == 0 for i in columns]
        data["rows"] = [
            [
                text_of(value) if text[i] and value is not None else value
                for i in columns
                for value in [result.get_value(row, i)]
            ]
            for row in range(result.ntuples)
        ]
    if "error_message" in data or "ERROR" in data["status"]:
        data["error"] = error_of(result)
    return data


def error_of(result: Any) -> dict[str, Any]:
    """Return the fields of an error or notice, its SQLSTATE among them, by name."""
    found = {each.name.lower(): result.error_field(each) for each in _pq().DiagnosticField}
    return {name: text_of(value) for name, value in found.items() if value is not None}


def answer_of(value: Any) -> Any:
    """Return what one of libpq's calls gave as a value of the codec."""
    if value is None or isinstance(value, int):
        return bare(value)
    if type(value) is list:
        return ["list", [answer_of(item) for item in value]]
    if isinstance(value, _pq().PGresult):
        return ["result", stored(value)]
    if isinstance(value, tuple):
        return ["notify", bare(value)]
    return ["data", bare(value)]


def value_of(answer: Any) -> Any:
    """Return what `answer_of` was given."""
    if type(answer) is not list:
        return answer
    kind, held = answer
    if kind == "list":
        return [value_of(item) for item in held]
    if kind == "result":
        return served(held)
    if kind == "notify":
        return sys.modules["psycopg.pq.misc"].PGnotify(*map(bytes_of, held))
    return memoryview(bytes_of(held))


def served(data: dict[str, Any]) -> Any:
    """Return a result that says what *data* does."""
    pq = _pq()
    if pq.PGresult not in _made:
        _made[pq.PGresult] = served_kind(pq.PGresult, _Served)
    kind = _made[pq.PGresult]
    result = empty(kind)
    result.data = data
    columns = data.get("columns", ())
    if columns:
        donor = empty(pq.PGconn).make_empty_result(pq.ExecStatus.TUPLES_OK)
        make = sys.modules["psycopg.pq.misc"].PGresAttDesc
        donor.set_attributes([make(bytes_of(name) or b"", *rest) for name, *rest in columns])
        _fill(pq, donor, data.get("rows", ()))
        _move(pq, donor, result)
    return result


def empty(kind: Any) -> Any:
    """Return an object of *kind*, one of libpq's, that has nothing of libpq's in it."""
    made = kind.__new__(kind)
    for each in kind.__mro__:  # those in Python have slots, and look at them at their end
        for name in each.__dict__.get("__slots__", ()):
            if name != "__weakref__":
                setattr(made, name, None)
    return made


def _fill(pq: Any, donor: Any, rows: Any) -> None:
    if not rows:
        return
    import ctypes

    if pq.__impl__ == "python":
        put, pointer = sys.modules["psycopg.pq._pq_ctypes"].pq.PQsetvalue, donor._pgresult_ptr
    else:
        put = ctypes.PyDLL(sys.modules[pq.PGresult.__module__].__file__).PQsetvalue
        pointer = ctypes.c_void_p(donor.pgresult_ptr)
    for row, values in enumerate(rows):
        for column, value in enumerate(values):
            data = bytes_of(value)
            put(pointer, row, column, data, -1 if data is None else len(data))


def _move(pq: Any, donor: Any, result: Any) -> None:
    """Let *result* have what *donor* holds of libpq's, which is freed with it."""
    if pq.__impl__ == "python":
        result._pgresult_ptr, donor._pgresult_ptr = donor._pgresult_ptr, None
        return
    import ctypes

    pointer = donor.pgresult_ptr
    for place in range(object.__basicsize__, pq.PGresult.__basicsize__, 8):
        held = ctypes.c_uint64.from_address(id(donor) + place)
        if held.value == pointer:
            ctypes.c_uint64.from_address(id(result) + place).value = pointer
            held.value = 0
            return
    raise LookupError("where psycopg keeps libpq's result is not known")


class _Served:
    """What a recorded result answers by itself."""

    data: dict[str, Any]

    @property
    def status(self) -> int:
        return int(_pq().ExecStatus[self.data["status"]])

    @property
    def error_message(self) -> bytes:
        return bytes_of(self.data.get("error_message", ""))  # type: ignore[no-any-return]

    def get_error_message(self, encoding: str = "utf-8") -> str:
        clean = sys.modules["psycopg.pq.misc"]._clean_error_message
        return str(clean(self.error_message, encoding))

    def error_field(self, fieldcode: int) -> Any:
        name = _pq().DiagnosticField(fieldcode).name.lower()
        return bytes_of(self.data.get("error", {}).get(name))

    def fname(self, column_number: int) -> Any:  # those of `COPY` have no name
        columns = self.data.get("columns", ())
        named = 0 <= column_number < len(columns)
        return bytes_of(columns[column_number][0]) if named else None

    @property
    def command_status(self) -> Any:
        return bytes_of(self.data.get("command_status", ""))

    @property
    def command_tuples(self) -> Any:
        return self.data.get("command_tuples", 0 if "command_tuples" in self.data else None)

    @property
    def oid_value(self) -> int:
        return int(self.data.get("oid_value", 0))

    @property
    def nparams(self) -> int:
        return len(self.data.get("parameters", ()))

    def param_type(self, param_number: int) -> int:
        return int(self.data["parameters"][param_number])


def served_kind(kind: Any, own: type) -> Any:
    """Return a subclass of *kind*, one of libpq's, with the members of *own*, which looks like it.

    Not by inheritance: the types in C lay down their objects, and are first.
    """
    members = {name: value for name, value in vars(own).items() if name not in _LAYOUT}
    return type(kind.__name__, (kind,), {**members, "__module__": kind.__module__})


class Told:
    """Notices and notifications: libpq tells them in the middle of a call, we after it.

    A handler is the user's code: what it does is not part of the call's answer.
    """

    def __init__(self, pgconn: Any) -> None:
        self._pgconn = pgconn
        self._told: list[list[Any]] = []

    def __enter__(self) -> Self:
        self._own = (self._pgconn.notice_handler, self._pgconn.notify_handler)
        self._pgconn.notice_handler = lambda notice: self._told.append(["notice", error_of(notice)])
        self._pgconn.notify_handler = lambda note: self._told.append(["notify", bare(tuple(note))])
        return self

    def __exit__(self, *_: object) -> None:
        self._pgconn.notice_handler, self._pgconn.notify_handler = self._own

    def fields(self) -> dict[str, Any]:
        """Return what was told, for the answer."""
        return {"told": self._told} if self._told else {}

    @staticmethod
    def tell(pgconn: Any, told: Any) -> None:
        """Call the handlers of *pgconn*."""
        for kind, held in told:
            if kind == "notify" and pgconn.notify_handler:
                pgconn.notify_handler(value_of([kind, held]))
            elif kind == "notice" and pgconn.notice_handler:
                pgconn.notice_handler(served({"status": "NONFATAL_ERROR", "error": held}))
