"""HTTP by urllib, and by hand over a socket."""

import json
import os
import socket
import urllib.request
from urllib.parse import urlsplit

URL = os.environ["CONFORMANCE_URL"]
with urllib.request.urlopen(f"{URL}/get?by=urllib", timeout=30) as answer:
    print("urllib", json.load(answer)["serial"])

place = urlsplit(URL)
with socket.create_connection((place.hostname, place.port), timeout=30) as connection:
    connection.sendall(b"GET /get?by=socket HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n")
    whole = b""
    while piece := connection.recv(4096):
        whole += piece
print("socket", json.loads(whole.partition(b"\r\n\r\n")[2])["serial"])
