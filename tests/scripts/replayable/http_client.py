"""http.client, urllib and urllib3: kept connections, bodies of all kinds, errors, a model."""

import http.client
import io
import json
import os
import random
import socket
import urllib.error
import urllib.request

import urllib3

URL = os.environ["HTTP_BASE_URL"]
HOST = URL.partition("//")[2]


class Own(http.client.HTTPConnection):
    def connect(self) -> None:
        print("a connection of its own")
        self.sock = socket.create_connection((self.host, self.port))


kept = http.client.HTTPConnection(HOST, timeout=5)
for path in ("/get?q=one", "/gzip", "/status/404", "/get?q=two"):
    kept.request("GET", path, headers={"X-Draw": str(random.random())})
    answer = kept.getresponse()
    print(answer.status, answer.reason, answer.version, answer.length, answer.getheader("server"))
    print(len(answer.read(5)), len(answer.read()), answer.isclosed(), kept.sock is not None)
for body in (b"bytes", "text", io.BytesIO(b"file"), [b"a", b"b"], iter([b"c", b"d"])):
    kept.request("POST", "/post", body=body, encode_chunked=True)
    print(json.loads(kept.getresponse().read())["size"])
kept.request("HEAD", "/get")
print(kept.getresponse().read(), kept.request("GET", "/stream/4"))
lines = kept.getresponse()
print(lines.readline(), lines.read1(9), lines.readinto(bytearray(3)), lines.peek(1)[:1], lines.read())
kept.putrequest("POST", "/post")
kept.putheader("Content-Length", "3")
kept.endheaders(b"low")
print(json.loads(kept.getresponse().read())["text"])
kept.request("GET", "/get")
try:
    kept.request("GET", "/get")
except http.client.HTTPException as error:
    print(repr(error))
kept.close()
own = Own(HOST)
own.request("GET", "/get")
print(own.getresponse().status)

print(urllib.request.urlopen(f"{URL}/redirect/2").url == f"{URL}/get")
for path, limit in (("status/503", 5), ("drop", 5), ("slow", 0.2)):
    try:
        urllib.request.urlopen(f"{URL}/{path}", timeout=limit).read()
    except (OSError, http.client.HTTPException) as error:
        print(type(error), error, getattr(error, "code", None))
try:
    urllib.request.urlopen("http://127.0.0.1:9/")
except urllib.error.URLError as error:
    print(repr(error))
tunnel = urllib.request.build_opener(urllib.request.ProxyHandler({"https": URL}))
try:
    tunnel.open("https://example.invalid/")
except urllib.error.URLError as error:
    print(repr(error))

pool = urllib3.PoolManager()
print(pool.request("GET", f"{URL}/gzip").json()["method"])
print(pool.request("POST", f"{URL}/post", fields={"f": ("a.txt", b"x" * 3000)}).status)
streamed = pool.request("GET", f"{URL}/stream/5", preload_content=False)
print([len(piece) for piece in streamed.stream(20)])
left = pool.request("GET", f"{URL}/stream/9", preload_content=False)
print(left.read(3))
left.close()
asked = {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": f"{random.random()}"}]}
for stream in (False, True):
    said = pool.request("POST", f"{URL}/v1/chat/completions", json={**asked, "stream": stream})
    print(said.status, said.data[:200])

# needs: server
# changed: ?q=two -> ?q=three @ request http.request #4
# added: streamed = pool -> pool.request("GET", f"{URL}/get"); streamed = pool @ request http.request #22
# removed: print(pool.request("GET", f"{URL}/gzip").json()["method"]) @ call file.stat at socket.getaddrinfo #11
