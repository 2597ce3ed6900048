"""A tool that pays: its entry is in a file that a replay must not touch."""
import time

from openai import OpenAI


def pay(account, cents):
    with open("ledger.txt", "a") as ledger:
        ledger.write(f"{account} {cents} {time.time()}\n")
    return "paid"


SCHEMA = [{"type": "function", "function": {"name": "pay", "parameters": {"type": "object"}}}]
messages = [{"role": "user", "content": "Pay."}]
OpenAI().chat.completions.create(model="gpt-4o-mini", messages=messages, tools=SCHEMA)
print(pay("A", 100), pay("B", 200))
print(open("ledger.txt").read())

# needs: server
# mutant: ("B", 200) -> ("B", 2000) @ request tool.call
