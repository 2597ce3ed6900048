"""Requests of eight threads with one client, in the order of the answers."""

import os
from concurrent.futures import ThreadPoolExecutor, as_completed

import httpx

SERVER = os.environ["HTTP_BASE_URL"]

with httpx.Client() as client, ThreadPoolExecutor(8) as pool:
    asked = {pool.submit(client.get, f"{SERVER}/{n}"): n for n in range(24)}
    for future in as_completed(asked):
        print(asked[future], future.result().headers["date"] != "", future.result().json())
# needs: server
