"""Tools called through a table: what they print, read and draw is theirs."""
import json
import logging
import os
import random
import sys
import time
import uuid

import httpx

logging.basicConfig(stream=sys.stderr, format="%(levelname)s %(message)s", level=logging.WARNING)


def look_up(order, *, detail=False):
    print("looking up", order)
    logging.warning("slow warehouse")
    time.sleep(0.02)
    return {"order": order, "at": time.time(), "items": random.randint(1, 9), "detail": detail}


def refund(order: str, amount: float = 10.0) -> str:
    sys.stdout.write("refunding ")
    return f"{order} {amount} {uuid.uuid4()}"


TOOLS = {"look_up": look_up, "refund": refund}
SCHEMA = [{"type": "function", "function": {"name": n, "parameters": {"type": "object"}}} for n in TOOLS]
messages = [{"role": "user", "content": "Where is A-1?"}]
ask = {"model": "gpt-4o-mini", "messages": messages, "tools": SCHEMA}
httpx.post(os.environ["OPENAI_BASE_URL"] + "/chat/completions", json=ask)
print(json.dumps(TOOLS["look_up"]("A-1")), json.dumps(look_up("A-2", detail=True)))
print(TOOLS["refund"](**{"order": "A-1", "amount": 3.5}), refund("A-2"))

# needs: server
# changed: "amount": 3.5 -> "amount": 35 @ request tool.call #3
# changed: look_up("A-2" -> look_up("A-3" @ request tool.call #2
# added: look_up("A-9") @ extra tool.call at end
# removed: print(TOOLS["refund"] @ missing tool.call #3
