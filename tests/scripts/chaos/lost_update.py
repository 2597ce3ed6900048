"""Tools called at once, as a model asks for them, share an account that no lock guards."""

import os
from concurrent.futures import ThreadPoolExecutor

import httpx

balance = {"acme": 100}


def deposit(amount: int) -> str:
    """Put money on the account."""
    held = balance["acme"]
    held = held + amount
    balance["acme"] = held
    return f"deposited {amount}"


DECLARED = {
    "name": "deposit",
    "parameters": {"type": "object", "properties": {"amount": {"type": "integer"}}},
}
ask = {
    "model": "gpt-4.1-mini",
    "messages": [{"role": "user", "content": "Put 10, 20 and 30 on the account."}],
    "tools": [{"type": "function", "function": DECLARED}],
}
httpx.post(os.environ["OPENAI_BASE_URL"] + "/chat/completions", json=ask)

with ThreadPoolExecutor(3) as pool:
    for done in pool.map(deposit, (10, 20, 30)):
        print(done)
print("balance", balance["acme"])
