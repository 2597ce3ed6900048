"""Compressed answers, of both kinds, whole and streamed."""
import os

import httpx
import httpx2

BASE = os.environ["HTTP_BASE_URL"]

for library in (httpx, httpx2):
    for kind in ("gzip", "deflate"):
        answer = library.get(f"{BASE}/{kind}", params={"library": library.__name__})
        print(answer.headers["content-encoding"], answer.json())
    with library.stream("GET", f"{BASE}/gzip") as answer:
        print(b"".join(answer.iter_bytes()).decode())

# needs: server
# changed: "library": -> "client": @ request http.request
# added: ("gzip", "deflate") -> ("gzip", "deflate", "gzip") @ request http.request #3
# removed: ("gzip", "deflate") -> ("gzip",) @ request http.request #2
