"""Arguments and answers that no recording can hold."""
import itertools
import os
import threading
import time

import httpx


def with_lock(lock, text):
    with lock:
        return text, time.time()


def numbers(start):
    return itertools.count(start)


SCHEMA = [
    {"type": "function", "function": {"name": n, "parameters": {"type": "object"}}}
    for n in ("with_lock", "numbers")
]
messages = [{"role": "user", "content": "Count."}]
ask = {"model": "gpt-4o-mini", "messages": messages, "tools": SCHEMA}
httpx.post(os.environ["OPENAI_BASE_URL"] + "/chat/completions", json=ask)
print(with_lock(threading.Lock(), "safe"))
print(list(itertools.islice(numbers(3), 4)))

# needs: server
# changed: "safe" -> "sound" @ request tool.call
# added: numbers(5) @ extra tool.call at end
# removed: print(with_lock( @ request tool.call
