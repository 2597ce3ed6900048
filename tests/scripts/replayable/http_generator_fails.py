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
# changed: b"one" -> b"two" @ request http.request #2
# added: print(httpx.get( -> httpx.get(f"{BASE}/get"); print(httpx.get( @ request http.request #2
# removed: print(httpx.get( @ request http.request
