"""Requests of many threads, with a client each and with a shared one."""

import concurrent.futures as cf
import os

import httpx

SERVER = os.environ["HTTP_BASE_URL"]


def ask(n):
    r = httpx.get(f"{SERVER}/{n}", timeout=10)
    return n, r.text[:20]


with cf.ThreadPoolExecutor(8) as pool:
    for f in cf.as_completed([pool.submit(ask, n) for n in range(24)]):
        print(f.result())
with httpx.Client() as c:

    def more(n):
        return n, c.get(f"{SERVER}/c{n}").text[:20]

    with cf.ThreadPoolExecutor(4) as pool:
        print([f.result() for f in cf.as_completed([pool.submit(more, n) for n in range(12)])])
# needs: server
