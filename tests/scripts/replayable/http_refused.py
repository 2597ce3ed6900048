"""Nobody listens there: the script does not expect it and dies of it."""
import os

import httpx

print(httpx.get(os.environ["HTTP_BASE_URL"] + "/get").json()["serial"])
port = 1  # tcpmux: nobody serves it any more
httpx.post(f"http://127.0.0.1:{port}/", json={"hello": "world"})

# needs: server
# changed: "hello" -> "bye" @ request http.request #2
# added: port = 1 -> httpx.get(os.environ["HTTP_BASE_URL"] + "/get"); port = 1 @ request http.request #2
# removed: httpx.post( @ missing http.request #2
