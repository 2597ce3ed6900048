"""An agent of N model calls in one conversation or apart; writes what one call costs, in us."""

import resource
import sys
import time

from openai import OpenAI

count, grows, size, result = int(sys.argv[1]), sys.argv[2] == "grow", int(sys.argv[3]), sys.argv[4]
client = OpenAI()
messages: list = []


def ask(n: int) -> None:
    message = {"role": "user", "content": f"turn {n}: " + "tell me more. " * (size // 14)}
    if grows:
        messages.append(message)
    answer = client.chat.completions.create(model="gpt-x", messages=messages or [message])
    if grows:
        messages.append({"role": "assistant", "content": answer.choices[0].message.content})


ask(0)
start = time.perf_counter()
before = resource.getrusage(resource.RUSAGE_SELF)
for number in range(1, count):
    ask(number)
after = resource.getrusage(resource.RUSAGE_SELF)
wall = time.perf_counter() - start
spent = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
with open(result, "w") as out:
    out.write(f"{spent / (count - 1) * 1e6:.1f} {wall}")
