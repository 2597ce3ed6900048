"""The connection breaks in the middle of the answer: once caught, once not."""
import os

import httpx2

with httpx2.Client(base_url=os.environ["HTTP_BASE_URL"]) as client:
    try:
        client.get("/drop")
    except httpx2.RemoteProtocolError as error:
        print("caught:", str(error).partition("(")[0], error.request.url.path)
    print(client.get("/get").json()["serial"])
    with client.stream("GET", "/drop") as answer:
        for chunk in answer.iter_bytes():
            print(len(chunk) > 0, chunk[:10])

# needs: server
# changed: "GET", "/drop" -> "POST", "/drop" @ request http.request #3
# added: print(client.get( -> client.get("/get"); print(client.get( @ request http.request #3
# removed: print(client.get( @ request http.request #2
