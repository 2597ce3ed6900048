"""Plain GET and POST with httpx: each answer holds a serial that the server makes up."""
import os

import httpx

BASE = os.environ["HTTP_BASE_URL"]

with httpx.Client(base_url=BASE, headers={"x-agent": "demo"}) as client:
    got = client.get("/get", params={"q": "refund policy", "page": 2})
    print(got.status_code, got.reason_phrase, got.http_version, got.json())
    posted = client.post("/post", json={"serial": got.json()["serial"], "n": [1, 2.5, None]})
    print(posted.json()["text"], posted.headers["content-type"], posted.request.url.path)
    print(httpx.put(f"{BASE}/put", content=b"\x00\xff raw").json()["size"])
    print(client.delete("/delete").json()["method"], client.head("/get").content)

# needs: server
# changed: "page": 2 -> "page": 3 @ request http.request
# added: httpx.get(BASE + "/get") @ extra http.request at end
# removed: print(client.delete( @ missing http.request #4
