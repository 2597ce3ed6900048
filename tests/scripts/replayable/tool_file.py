"""A tool that pays: its entry is in a file that a replay must not touch."""
import os
import time

import httpx


def pay(account, cents):
    with open("ledger.txt", "a") as ledger:
        ledger.write(f"{account} {cents} {time.time()}\n")
    return "paid"


SCHEMA = [{"type": "function", "function": {"name": "pay", "parameters": {"type": "object"}}}]
messages = [{"role": "user", "content": "Pay."}]
ask = {"model": "gpt-4o-mini", "messages": messages, "tools": SCHEMA}
httpx.post(os.environ["OPENAI_BASE_URL"] + "/chat/completions", json=ask)
print(pay("A", 100), pay("B", 200))
print(open("ledger.txt").read())

# needs: server
# changed: ("B", 200) -> ("B", 2000) @ request tool.call #2
# added: pay("C", 1) @ call tool.call at file.written
# removed: , pay("B", 200)) -> ) @ call file.open at tool.call #2
