"""Sentry watches: a transaction, a log record, an error with its variables."""

# needs: server
# needs: sentry_sdk
# drifts: the baton is taken from a thread that computes for long, at no exact place

import logging
import os
import random

import httpx
import sentry_sdk

URL = os.environ["HTTP_BASE_URL"]
sentry_sdk.init(
    dsn=f"http://key@{URL.partition('//')[2]}/post/1",
    traces_sample_rate=1.0,
    auto_enabling_integrations=False,
)
with sentry_sdk.start_transaction(name="agent", op="task"):
    print(httpx.get(f"{URL}/get", params={"draw": random.random()}).status_code)
    logging.getLogger("agent").error("nothing for %s", random.random())
try:
    print(1 // 0)
except ZeroDivisionError:
    print(len(sentry_sdk.capture_exception() or ""))
sentry_sdk.flush()
print("flushed")
