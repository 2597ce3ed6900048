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
# changed: client.get("/slow") -> client.get("/get") @ request http.request #2
# added: print(client.get( -> client.get("/get"); print(client.get( @ request http.request #2
# removed: print(client.get( @ request http.request
