"""Tools that run at once in threads print while they work, and so does who called them."""

# needs: server

import os
import random
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import httpx


def look_up(city):
    for n in range(3):
        print("looking", city, n)
        time.sleep(len(city) / 3000)
    return city.upper()


def think(city):
    time.sleep(0.002)
    print("thought of", city)
    return city[::-1]


TOOLS = [
    {
        "type": "function",
        "function": {
            "name": tool.__name__,
            "parameters": {"type": "object", "properties": {"city": {"type": "string"}}},
        },
    }
    for tool in (look_up, think)
]


def main():
    ask = {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": "Hi."}], "tools": TOOLS}
    httpx.post(os.environ["HTTP_BASE_URL"] + "/v1/chat/completions", json=ask)
    with ThreadPoolExecutor(4) as pool:
        futures = [
            pool.submit(tool, city) for city in ("oslo", "lisbon", "rome") for tool in (look_up, think)
        ]
        for n in range(6):
            print("main", n)
            time.sleep(random.random() / 300)
        for future in futures:
            print(future.result())
    print("still buffered:", not sys.stdout.write_through)


main()
