"""gRPC: each kind of call, errors, metadata, deadlines, futures, an interceptor, threads."""

import json
import os
import threading

import grpc

PORT = os.environ.get("GRPC_PORT", "1")
JSON = {
    "request_serializer": lambda value: json.dumps(value).encode(),
    "response_deserializer": json.loads,
}


class Counting(grpc.UnaryUnaryClientInterceptor):
    calls = 0

    def intercept_unary_unary(self, continuation, details, request):
        Counting.calls += 1
        return continuation(details, request)


channel = grpc.insecure_channel(f"127.0.0.1:{PORT}")
grpc.channel_ready_future(channel).result(timeout=5)
one = channel.unary_unary("/echo.Echo/One", **JSON)
many = channel.unary_stream("/echo.Echo/Many", **JSON)
gather = channel.stream_unary("/echo.Echo/Gather", **JSON)
chat = channel.stream_stream("/echo.Echo/Chat", **JSON)

print("-- one")
print(one({"text": "hello"}, metadata=(("authorization", "Bearer sk-12345678901234567890"),)))
answer, call = one.with_call({"text": "there"})
print(answer, call.code(), call.details(), call.initial_metadata(), call.trailing_metadata())
for text in ("wrong", "raise"):
    try:
        one({"text": text})
    except grpc.RpcError as error:
        print(type(error).__name__, error.code(), error.details(), error.trailing_metadata())
        print(str(error).splitlines()[:3])
try:
    one({"text": "slow"}, timeout=0.2)
except grpc.RpcError as error:
    print(error.code(), error.details())
try:
    channel.unary_unary("/echo.Echo/Nothing", **JSON)({})
except grpc.RpcError as error:
    print(error.code(), error.details())

print("-- future")
future = one.future({"text": "later"})
future.add_done_callback(lambda done: print("done", done.code()))
print(future.result(), future.done(), future.exception())
slow = one.future({"text": "slow"})
print(slow.cancel(), slow.cancelled())
try:
    slow.result()
except grpc.FutureCancelledError as error:
    print(type(error).__name__)

print("-- many")
print([told["n"] for told in many({"text": "", "n": 5})])
answers = many({"text": "wrong", "n": 2})
try:
    for told in answers:
        print(told)
except grpc.RpcError as error:
    print(error.code(), error.details(), answers.code())
stopped = many({"text": "", "n": 1000})
print(next(stopped)["n"], next(stopped)["n"], stopped.cancel())
try:
    next(stopped)
except (grpc.RpcError, StopIteration) as error:
    print(type(error).__name__, stopped.code())

print("-- gather, chat")
print(gather(iter([{"text": "a"}, {"text": "b"}])))
print(gather.future(iter([{"text": "c"}])).result())
for told in chat({"text": str(n)} for n in range(4)):
    print(told)

print("-- interceptor, threads")
counted = grpc.intercept_channel(channel, Counting()).unary_unary("/echo.Echo/One", **JSON)
print(counted({"text": "counted"})["text"], Counting.calls)
answers = []


def work(number):
    answers.append((number, one({"text": f"t{number}"})["at"]))


threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(answers)
channel.close()
try:
    one({"text": "closed"})
except ValueError as error:
    print(error)
with grpc.insecure_channel("127.0.0.1:1") as nowhere:
    try:
        nowhere.unary_unary("/echo.Echo/One", **JSON)({"text": "x"}, timeout=2)
    except grpc.RpcError as error:
        print(error.code())
