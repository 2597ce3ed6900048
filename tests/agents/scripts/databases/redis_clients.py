"""redis: values, a pipeline, an error, subscriptions, threads that share a client, and asyncio."""

import asyncio
import os
import threading
import time

import redis
import redis.asyncio

PORT = int(os.environ["REDIS_PORT"])
client = redis.Redis(port=PORT, decode_responses=True)
print(client.ping(), client.set("a", time.time(), ex=10), client.get("a"), client.incr("n"), client.ttl("a"))
with client.pipeline() as pipeline:
    pipeline.lpush("l", 1, 2)
    pipeline.lrange("l", 0, -1)
    print(pipeline.execute())
try:
    client.lpush("a", 1)
except redis.ResponseError as error:
    print(error)
with client.pubsub() as heard:
    heard.subscribe("c")
    print(heard.get_message(timeout=1))
    client.publish("c", "hello")
    print(heard.get_message(timeout=1))
threads = [threading.Thread(target=client.hset, args=("h", n, time.time())) for n in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(sorted(client.hkeys("h")))


async def main():
    async with redis.asyncio.Redis(port=PORT) as beside:
        print(await asyncio.gather(*(beside.incr("z") for _ in range(4))))
        print(await beside.get("a"))


asyncio.run(main())
