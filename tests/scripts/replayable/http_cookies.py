"""A session: the server sets a cookie, the client sends it back."""
import os

import httpx

with httpx.Client(base_url=os.environ["HTTP_BASE_URL"]) as client:
    first = client.get("/cookies/set")
    print(first.status_code, list(client.cookies.keys()))
    second = client.get("/cookies/read")
    print("known to the server:", second.json()["known"], second.json()["serial"])
    client.cookies.clear()
    print("known to the server:", client.get("/cookies/read").json()["known"])

# needs: server
# changed: "/cookies/read") -> "/cookies/again") @ request http.request #2
# added: client.cookies.clear() -> client.get("/get") @ request http.request #3
# removed: client.get("/cookies/read").json() @ missing http.request #3
