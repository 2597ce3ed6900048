import random
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.request import urlopen


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        body = f"{self.path} {random.random()} {self.client_address[1]}".encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as served:
    threading.Thread(target=served.serve_forever).start()
    for n in range(2):
        with urlopen(f"http://127.0.0.1:{served.server_port}/{n}") as answer:
            print(answer.read())
    served.shutdown()
with socket.create_server(("127.0.0.1", 0)) as nobody:
    nobody.settimeout(0.01)
    try:
        nobody.accept()
    except TimeoutError as error:
        print(repr(error))
# changed: /{n}" -> /{n}?" @ request http.request
# added: timeout(0.01) -> timeout(0.01 if nobody.getsockname() else 0) @ call socket.getsockname at socket.accept #3
# removed: range(2) -> range(1) @ call socket.bind at socket.getaddrinfo #2
