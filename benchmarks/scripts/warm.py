"""N model calls in one warm process; the last line is the median CPU of one, in microseconds."""

import statistics
import sys

from c_clock import cpu
from openai import OpenAI

BLOCK = 20


def block(client, number):
    before = cpu()
    for turn in range(BLOCK):
        text = f"turn {number}.{turn}: " + "tell me more. " * 28
        client.chat.completions.create(model="gpt-x", messages=[{"role": "user", "content": text}])
    return (cpu() - before) / BLOCK


def measure(client, count):
    block(client, 0)
    return statistics.median([block(client, number) for number in range(1, count // BLOCK + 1)])


if __name__ == "__main__":
    print(measure(OpenAI(), int(sys.argv[1])))
