"""requests: a session with cookies and redirects, bodies of all kinds, errors, a stream."""
import io
import os
import random
import shutil

import requests

URL = os.environ["HTTP_BASE_URL"]
with requests.Session() as session:
    session.headers["x-draw"] = str(random.random())
    print(session.get(f"{URL}/get", params={"q": "one"}).json()["serial"])
    print(session.get(f"{URL}/cookies/set").status_code, len(session.cookies))
    print(session.get(f"{URL}/cookies/known").json()["known"])
    there = session.get(f"{URL}/redirect/2")
    print([each.status_code for each in there.history], there.json()["args"], there.url == there.request.url)
    print(session.get(f"{URL}/gzip").json()["serial"], session.get(f"{URL}/deflate").json()["method"])
    for body in (b"bytes", "text", {"form": "one"}, io.BytesIO(b"file"), iter([b"a", b"", b"b"])):
        print(session.post(f"{URL}/post", data=body).json()["size"])
    print(session.post(f"{URL}/upload", files={"f": ("a.txt", b"x" * 3000)}).ok)
    with session.get(f"{URL}/stream/5", stream=True) as answer:
        for line in answer.iter_lines():
            print(line.decode())
            if random.random() < 0.2:
                break
    whole = session.get(f"{URL}/stream/2", stream=True)
    print(whole.raw.read(10), len(whole.raw.read()), whole.raw.status)
    copied = io.BytesIO()
    shutil.copyfileobj(session.get(f"{URL}/stream/3", stream=True).raw, copied)
    print(copied.getvalue().decode(), end="")
    print([len(line) for line in session.get(f"{URL}/stream/3", stream=True).raw])
    print(requests.get(f"{URL}/get").elapsed.total_seconds() > 0)
    for path, more in (("status/503", {}), ("drop", {}), ("slow", {"timeout": 0.2})):
        try:
            session.get(f"{URL}/{path}", **more).raise_for_status()
        except requests.RequestException as error:
            print(type(error).__name__, type(error.args[0]).__name__, error.response is None)
try:
    requests.get("http://127.0.0.1:9/")
except requests.ConnectionError as error:
    print(type(error.args[0].reason).__name__, error.request.url)

# needs: server
# changed: {"q": "one"} -> {"q": "two"} @ request http.request
# added: print(session.get(f"{URL}/gzip") -> session.get(f"{URL}/get"); print(session.get(f"{URL}/gzip") @ request http.request #7
# removed: /cookies/known @ request http.request #3
