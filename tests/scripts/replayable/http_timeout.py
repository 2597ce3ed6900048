"""A server that is too slow: the client gives up, and the script says what it saw."""
import os
import traceback

import httpx

with httpx.Client(base_url=os.environ["HTTP_BASE_URL"], timeout=0.15) as client:
    print(client.get("/get").json()["serial"])
    try:
        client.get("/slow")
    except httpx.TimeoutException as error:
        print(type(error).__name__, error, error.request.method, error.request.url.path)
        traceback.print_exc()
    print(client.get("/get").json()["serial"])

# needs: server
# mutant: client.get("/slow") -> client.get("/get") @ http.request
# mutant: print(client.get("/get").json()["serial"]) -> @ http.request
