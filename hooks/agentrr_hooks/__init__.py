"""The hooks: one module for one source of nondeterminism.

A hook routes its source through the boundary and knows nothing else of the engine.  Its docstring
says in five labelled lines what it captures, records, serves and reaches, and what is out of
reach.
"""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from agentrr_sandbox.boundary import Boundary, Patcher

BUILTIN = (
    "tracebacks",
    "stacks",
    "signals",
    "clock",
    "entropy",
    "prng",
    "uuids",
    "uuids_rust",
    "environment",
    "facts",
    "usage",
    "machine",
    "streams",
    "files",
    "sqlite_values",
    "duckdb",
    "threads",
    "contexts",
    "locks",
    "c_waits",
    "socket_waits",
    "thread_ids",
    "tasks",
    "event_loop",
    "stdin_loops",
    "other_loops",
    "processes",
    "child_processes",
    "child_loops",
    "child_terminals",
    "mp_processes",
    "mp_pipes",
    "mp_memory",
    "dns",
    "sockets",
    "socket_servers",
    "tls",
    "asyncio_connections",
    "asyncio_servers",
    "httpx",
    "requests",
    "http_client",
    "aiohttp",
    "telemetry",
    "sets",
    "c_clients",
    "models",
    "postgres",
    "psycopg2",
    "grpc",
    "tools",
)
"""Names of the hook modules, in the order in which they go in."""

ON_IMPORT: dict[str, tuple[str, ...]] = {
    "prng": ("random",),
    "uuids": ("uuid",),
    "uuids_rust": ("uuid_utils._uuid_utils", "fastuuid.fastuuid"),
    "machine": ("psutil._psutil_linux", "psutil._psutil_osx", "psutil._psutil_windows"),
    "sqlite_values": ("_sqlite3",),
    "duckdb": ("_duckdb",),
    "contexts": ("threading",),
    "locks": ("threading",),
    "c_waits": ("threading",),
    "tasks": ("asyncio.base_events", "concurrent.futures._base"),
    "event_loop": ("asyncio.unix_events",),  # which imports the modules of all the others
    "stdin_loops": ("asyncio.selector_events",),
    "other_loops": ("uvloop", "gevent.monkey", "eventlet.patcher"),
    "child_processes": ("subprocess",),
    "child_loops": ("asyncio.unix_events",),
    "child_terminals": ("pty", "ptyprocess.ptyprocess"),
    "mp_processes": ("multiprocessing.process",),
    "mp_pipes": ("multiprocessing.reduction", "multiprocessing.connection"),
    "mp_memory": ("multiprocessing.heap", "multiprocessing.shared_memory"),
    "socket_waits": ("threading", "socket"),
    "dns": ("socket",),
    "sockets": ("socket",),
    "socket_servers": ("socket",),
    "tls": ("ssl",),
    "asyncio_connections": ("asyncio.unix_events",),
    "asyncio_servers": ("asyncio.unix_events",),
    "httpx": ("httpx", "httpx2"),
    "requests": ("requests.adapters",),
    "http_client": ("http.client",),
    "aiohttp": ("aiohttp.client_reqrep",),
    "telemetry": (
        "opentelemetry.exporter.otlp.proto.http",
        "agents.tracing",
        "langsmith.client",
        "posthog.consumer",
        "sentry_sdk.transport",
    ),
    "sets": ("crewai.events.event_bus",),
    "models": (
        *("transformers.generation.utils", "sentence_transformers", "fastembed", "llama_cpp"),
        *("faiss", "hnswlib", "torch.random"),
    ),
    "postgres": ("psycopg.pq",),
    "psycopg2": ("psycopg2._psycopg",),
    "grpc": ("grpc._cython.cygrpc",),
    "c_clients": (
        *("curl_cffi.curl", "curl_cffi.aio", "pycurl", "primp"),
        *("MySQLdb.connections", "pymssql", "pyodbc"),
        *("mysql.connector.connection_cext", "zmq.sugar.socket", "confluent_kafka"),
        *("ddtrace.internal.writer.writer", "ddtrace.internal.telemetry.writer"),
    ),
}
"""Hooks that are loaded only when one of these libraries is."""


FROM_START = tuple(name for name in BUILTIN if name not in ON_IMPORT)
"""Hooks that are in place before the script begins."""


def install(
    patch: Patcher,
    boundary: Boundary,
    *,
    without: Collection[str] = (),
    clock: str = "native",
    took: Callable[[str, str], None] = lambda *_: None,
) -> None:
    """Install every hook but those named in *without*; those of a library when it is imported.

    *took* is told of each hook of a library that goes in, with the library's name.
    *clock* is `native` or `freezegun`; the latter raises `UsageError` where it is not installed.
    """
    for hook in BUILTIN:
        if hook in without:
            continue
        name = f"clock_{clock}" if hook == "clock" and clock != "native" else hook
        libraries = ON_IMPORT.get(name)
        if libraries is None:
            _load(name, patch, boundary)
            continue
        once = _once(name, patch, boundary, took)
        for library in libraries:
            patch.on_import(library, once)


def _load(name: str, patch: Patcher, boundary: Boundary) -> None:
    whole = f"agentrr_hooks.{name}"
    try:
        __import__(whole)
    except ModuleNotFoundError as error:
        if error.name != whole:
            raise
        return
    sys.modules[whole].install(patch, boundary)


def _once(
    name: str, patch: Patcher, boundary: Boundary, took: Callable[[str, str], None]
) -> Callable[[object], None]:
    left = [name]

    def then(library: object) -> None:
        while left:
            _load(left.pop(), patch, boundary)
        took(name, getattr(library, "__name__", name))

    return then
