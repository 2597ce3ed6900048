"""The body of the request fails while it is being made: the user's own error comes out."""
import os

import httpx

BASE = os.environ["HTTP_BASE_URL"]


def pages():
    yield b"one"
    raise LookupError("page two is missing")


print(httpx.get(f"{BASE}/get").json()["serial"])
httpx.post(f"{BASE}/post", content=pages())

# needs: server
# mutant: b"one" -> b"two" @ http.request
# mutant: LookupError( -> ValueError( @ http.request
