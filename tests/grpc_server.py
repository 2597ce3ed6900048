"""A gRPC server of the test's own, in a process that ends with the test."""

from __future__ import annotations

import subprocess
import sys
from typing import Self

PROGRAM = r"""
import json, sys, time
from concurrent import futures
import grpc

def read(data): return json.loads(data)
def write(value): return json.dumps(value).encode()

def one(ask, context):
    context.send_initial_metadata((("first", "1"), ("raw-bin", b"\x00\xff")))
    context.set_trailing_metadata((("last", "2"),))
    if ask["text"] == "wrong":
        context.abort(grpc.StatusCode.INVALID_ARGUMENT, "it is wrong: é")
    if ask["text"] == "slow":
        time.sleep(2)
    if ask["text"] == "raise":
        raise ValueError("raised")
    token = dict(context.invocation_metadata()).get("authorization", "")[:6]
    return {"text": ask["text"].upper(), "at": time.time(), "token": token}

def many(ask, context):
    for n in range(ask["n"]):
        time.sleep(0.01)
        yield {"n": n, "at": time.time()}
    if ask["text"] == "wrong":
        context.abort(grpc.StatusCode.OUT_OF_RANGE, "no more")

def gather(asks, context):
    return {"text": ",".join(ask["text"] for ask in asks), "at": time.time()}

def chat(asks, context):
    for ask in asks:
        yield {"text": ask["text"] + "!", "at": time.time()}

handlers = {
    "One": grpc.unary_unary_rpc_method_handler(one, read, write),
    "Many": grpc.unary_stream_rpc_method_handler(many, read, write),
    "Gather": grpc.stream_unary_rpc_method_handler(gather, read, write),
    "Chat": grpc.stream_stream_rpc_method_handler(chat, read, write),
}
server = grpc.server(futures.ThreadPoolExecutor(8))
server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler("echo.Echo", handlers),))
port = server.add_insecure_port("127.0.0.1:0")
server.start()
print(port, flush=True)
server.wait_for_termination()
"""


class GrpcServer:
    """A server on loopback that runs as long as its `with` block."""

    def __enter__(self) -> Self:
        self._process = subprocess.Popen([sys.executable, "-c", PROGRAM], stdout=subprocess.PIPE)
        assert self._process.stdout is not None
        self.port = int(self._process.stdout.readline())
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()
