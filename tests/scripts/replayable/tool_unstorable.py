"""Arguments and answers that no recording can hold."""
import itertools
import threading
import time

from openai import OpenAI


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
OpenAI().chat.completions.create(model="gpt-4o-mini", messages=messages, tools=SCHEMA)
print(with_lock(threading.Lock(), "safe"))
print(list(itertools.islice(numbers(3), 4)))

# needs: server
# mutant: "safe" -> "sound" @ request tool.call
# mutant: numbers(3) -> numbers(4) @ request tool.call
