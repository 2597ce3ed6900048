"""Clients in C and Rust: their sockets are the kernel's alone, so each is named where it connects.

Captures      nothing: that such a client connects, or sends, is named with the user's line
Records       a note that the call was not captured
Serves        nothing: a replay stops there
Reaches       libcurl (pycurl, curl_cffi), MySQL's C client, pymssql, pyodbc, librdkafka
              (confluent_kafka), ZeroMQ, primp, ddtrace's exporters; by name
Out of reach  any other: `boundaries` names a function of the agent's whose answer is recorded
"""

from __future__ import annotations

from agentrr_hooks.standin import like, stand_in

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from agentrr_sandbox.boundary import Boundary, Patcher

    Make = Callable[[Any], Any]

FUNCTIONS = (
    ("curl_cffi.curl", "Curl.perform", "curl_cffi.Curl.perform"),
    ("curl_cffi.aio", "AsyncCurl.add_handle", "curl_cffi.AsyncCurl.add_handle"),
    ("MySQLdb.connections", "Connection.__init__", "MySQLdb.connect"),
    (
        "mysql.connector.connection_cext",
        "CMySQLConnection._open_connection",
        "mysql.connector.connect",
    ),
    (
        "ddtrace.internal.writer.writer",
        "NativeWriter._create_exporter",
        "ddtrace.TraceExporter",
    ),
    (
        "ddtrace.internal.telemetry.writer",
        "TelemetryWriter._build_worker",
        "ddtrace.TelemetryWorker",
    ),
    ("pymssql", "connect", "pymssql.connect"),
    ("pyodbc", "connect", "pyodbc.connect"),
    ("zmq.sugar.socket", "Socket.connect", "zmq.Socket.connect"),
    ("zmq.sugar.socket", "Socket.bind", "zmq.Socket.bind"),
    *(("primp", name, f"primp.{name}") for name in (
        "request", "get", "head", "options", "delete", "post", "put", "patch",
    )),
)  # fmt: skip
"""Module, function or method, and what a call of it is named."""
METHODS = (
    ("pycurl", "Curl", ("perform", "perform_rb", "perform_rs")),
    ("pycurl", "CurlMulti", ("perform", "socket_action")),
)
"""Module, type in C that may be subclassed, and its methods that are named."""
TYPES = (
    ("primp", "Client"),
    ("primp", "AsyncClient"),
    ("confluent_kafka", "Producer"),
    ("confluent_kafka", "Consumer"),
)
"""Module and type: that an object of it is made is named."""


def install(patch: Patcher, boundary: Boundary) -> None:
    """Name what these clients do."""
    for module, attribute, call in FUNCTIONS:
        patch.replace(module, attribute, _naming(call, boundary))
    for module, name, methods in METHODS:
        patch.replace(module, name, _subclass(module, methods, boundary))
    for module, name in TYPES:
        patch.replace(module, name, _maker(module, boundary))


def _name(call: str, boundary: Boundary) -> None:
    lane = boundary.lane()
    if lane is not None and not lane.inside:
        lane.uncaptured(call)


def _naming(call: str, boundary: Boundary) -> Make:
    """Return what makes a function that names *call*, then does it."""

    def make(real: Any) -> Any:
        def connect(*args: Any, **named: Any) -> Any:
            _name(call, boundary)
            return real(*args, **named)

        python = hasattr(real, "__code__") or "." in getattr(real, "__qualname__", "")
        return like(connect, real) if python else stand_in(real, connect)

    return make


def _subclass(module: str, methods: tuple[str, ...], boundary: Boundary) -> Make:
    """Return what makes a subclass of a type in C whose *methods* are named."""

    def make(real: Any) -> Any:
        members: dict[str, Any] = {"__slots__": (), "__doc__": real.__doc__, "__module__": module}
        for name in methods:
            method = getattr(real, name, None)
            if method is not None:
                call = f"{module}.{real.__name__}.{name}"
                members[name] = _naming(call, boundary)(method)
        return type(real.__name__, (real,), members)

    return make


def _maker(module: str, boundary: Boundary) -> Make:
    """Return what stands for a type that may not be subclassed: it makes the genuine objects."""

    def make(real: Any) -> Any:
        class Made(type):
            def __call__(cls, *args: Any, **named: Any) -> Any:
                _name(f"{module}.{real.__name__}", boundary)
                return real(*args, **named)

            def __instancecheck__(cls, instance: object) -> bool:
                return isinstance(instance, real)

            def __getattr__(cls, name: str) -> Any:
                return getattr(real, name)

        return Made(real.__name__, (), {"__module__": module, "__doc__": real.__doc__})

    return make
