"""Tools that fail: the error is the answer, with its traceback; then they are tried again."""
import os
import random
import time
import traceback

import httpx


class OutOfStock(LookupError):
    def __init__(self, item, left):
        super().__init__(f"{item}: {left} left")
        self.left = left


def reserve(item, attempt):
    try:
        {}["shelf"]
    except KeyError as error:
        if attempt < 3:
            raise OutOfStock(item, random.random()) from error
    return f"reserved {item} at {time.time()}"


def crash(reason):
    raise RuntimeError(f"{reason} {time.time()}")


NAMES = ["reserve", "crash"]
SCHEMA = [{"type": "function", "function": {"name": n, "parameters": {"type": "object"}}} for n in NAMES]
messages = [{"role": "user", "content": "Reserve one."}]
ask = {"model": "gpt-4o-mini", "messages": messages, "tools": SCHEMA}
httpx.post(os.environ["OPENAI_BASE_URL"] + "/chat/completions", json=ask)
for attempt in (1, 2, 3):
    try:
        print(reserve("lamp", attempt=attempt))
    except OutOfStock as error:
        print(type(error).__name__, error, error.left)
        traceback.print_exc()
crash("at the end")

# needs: server
# changed: "lamp" -> "desk" @ request tool.call
# added: crash("at the end") -> reserve("lamp", 3); crash("at the end") @ request tool.call #4
# removed: in (1, 2, 3) -> in (1, 3) @ request tool.call #2
