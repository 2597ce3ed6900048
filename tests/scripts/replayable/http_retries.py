"""A retry loop of the user's own: bare randomness decides how often the server is asked."""
import os
import random
import time

import httpx

BASE = os.environ["HTTP_BASE_URL"]

with httpx.Client(base_url=BASE) as client:
    for attempt in range(1, 8):
        path = "/get" if random.random() < 0.4 else "/status/503"
        answer = client.get(path, params={"attempt": attempt})
        print(attempt, answer.status_code, answer.json()["serial"])
        try:
            answer.raise_for_status()
        except httpx.HTTPStatusError as error:
            print("again:", str(error).splitlines()[0].replace(BASE, "BASE"))
            time.sleep(0.01 * random.random())
        else:
            break

# needs: server
# changed: {"attempt": attempt} -> {"attempt": attempt + 1} @ request http.request
# added: os.environ["HTTP_BASE_URL"] -> os.environ["HTTP_BASE_URL"]; httpx.get(BASE) @ read random.random at reads #2
# removed: random.random() < 0.4 -> True @ read random.random at reads #2
