"""Uploads: a multipart form, a generator, a file-like object."""
import io
import os

import httpx

BASE = os.environ["HTTP_BASE_URL"]


def pages():
    for number in range(3):
        yield f"page {number} {os.urandom(4).hex()}\n".encode()


with httpx.Client(base_url=BASE) as client:
    files = {"report": ("report.txt", io.BytesIO(b"lines\n" * 20), "text/plain")}
    answer = client.post("/upload", files=files, data={"title": "Q3"})
    print(answer.json()["size"], answer.json()["sha256"])
    answer = client.post("/post", content=pages())
    print(answer.json()["text"], answer.request.headers["transfer-encoding"])
    try:
        answer.request.content
    except httpx.RequestNotRead as error:
        print(type(error).__name__)
    print(client.put("/put", content=io.BytesIO(b"x" * 100_000)).json()["size"])

# needs: server
# changed: b"lines\n" -> b"limes\n" @ request http.request
# added: range(3) -> range(4) @ read os.urandom(4) at http.request #2
# removed: print(client.put( @ missing http.request #3
