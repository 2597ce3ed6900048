"""N model calls in one warm process; the last line is the median CPU of one, in microseconds."""

import resource
import statistics
import sys

from openai import OpenAI

BLOCK = 20
client = OpenAI()


def spent() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def block(number: int) -> float:
    before = spent()
    for turn in range(BLOCK):
        text = f"turn {number}.{turn}: " + "tell me more. " * 28
        client.chat.completions.create(model="gpt-x", messages=[{"role": "user", "content": text}])
    return (spent() - before) / BLOCK * 1e6


block(0)
print(statistics.median([block(number) for number in range(1, int(sys.argv[1]) // BLOCK + 1)]))
