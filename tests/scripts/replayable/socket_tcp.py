# needs: server
import os
import select
import socket
from urllib.parse import urlsplit

place = urlsplit(os.environ["OPENAI_BASE_URL"])
print(socket.getaddrinfo(place.hostname, place.port, type=socket.SOCK_STREAM)[0][:2])
try:
    socket.gethostbyname("no host")
except socket.gaierror as error:
    print(type(error))
with socket.create_connection((place.hostname, place.port), 5) as s:
    print(s.getsockname(), s.getpeername()[0] == place.hostname, s.fileno() > 0)
    s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    s.setblocking(False)
    try:
        s.recv(1)
    except BlockingIOError as error:
        print(repr(error))
    s.settimeout(5)
    s.sendall(b"GET /asked HTTP/1.0\r\n\r\n")
    print(select.select([s], [], [], 5)[0] == [s], s.recv(5, socket.MSG_PEEK))
    buffer = bytearray(4)
    print(s.recv_into(buffer), buffer)
    with s.makefile("rb") as file:
        print(file.readline(), len(file.read()) > 0)
datagrams = socket.socket(type=socket.SOCK_DGRAM)
datagrams.connect((place.hostname, 9))
print(datagrams.getsockname())
print(socket.socket().connect_ex((place.hostname, 1)))
# changed: /asked -> /other @ request socket.sendall
# added: s.settimeout(5) -> s.settimeout(5); s.getpeername() @ call socket.getpeername at socket.sendall
# removed: s.setsockopt @ call socket.recv at socket.setsockopt
