"""N times one thing of the world in a warm process; last, the median wall of one in us."""

import http.client
import os
import statistics
import subprocess
import sys

from c_clock import wall

BLOCK = 10
BASE = os.environ.get("HTTP_BASE_URL", "")


def httpx():
    import httpx

    client = httpx.Client()
    return lambda: client.get(f"{BASE}/json").json()


def requests():
    import requests

    session = requests.Session()
    return lambda: session.get(f"{BASE}/json").json()


def http_client():
    import json

    connection = http.client.HTTPConnection(BASE.removeprefix("http://"))

    def get():
        connection.request("GET", "/json")
        return json.loads(connection.getresponse().read())

    return get


def process():
    return lambda: subprocess.run(["true"], check=True)


def output():
    return lambda: subprocess.run(["echo", "hello"], capture_output=True, check=True).stdout


def read():
    with open("small.txt", "w") as file:
        file.write("a line of text\n" * 70)

    def one():
        with open("small.txt") as file:
            return file.read()

    return one


def write():
    def one():
        with open("written.txt", "w") as file:
            file.write("a line of text\n" * 70)

    return one


def stat():
    return lambda: os.stat(".")


def main(kind, count):
    act = globals()[kind]()
    for _ in range(BLOCK):
        act()
    found = []
    for _ in range(count // BLOCK):
        start = wall()
        for _ in range(BLOCK):
            act()
        found.append((wall() - start) / BLOCK)
    return statistics.median(found)


print(main(sys.argv[1], int(sys.argv[2])))
