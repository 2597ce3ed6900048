"""A streamed answer, read line by line, and one left half read."""
import os

import httpx2

with httpx2.Client(base_url=os.environ["HTTP_BASE_URL"]) as client:
    with client.stream("GET", "/stream/6") as answer:
        for line in answer.iter_lines():
            print(line)
        print("elapsed", answer.elapsed)
    with client.stream("GET", "/stream/50") as answer:
        for number, line in enumerate(answer.iter_lines()):
            print(line)
            if number == 2:
                break
    print("closed:", answer.is_closed, "consumed:", answer.is_stream_consumed)
    with client.stream("GET", "/stream/4") as answer:
        print("never read:", answer.status_code)

# needs: server
# changed: number == 2 -> number == 3 @ extra http.request #2
# added: print("closed:" -> client.get("/get"); print("closed:" @ request http.request #3
# removed: with client.stream("GET", "/stream/4") as answer: -> if answer: @ missing http.request #3
