"""N model calls whose answers are at hand: what the SDK's own work costs, with no network.

The first request goes to the server; its answer, byte for byte, is every later request's.
The last line is the median CPU of one call, in microseconds.
"""

import sys

import httpx2 as httpx
import warm
from openai import OpenAI


class AtHand(httpx.BaseTransport):
    """Answers from memory."""

    answer: tuple | None = None

    def handle_request(self, request):
        if self.answer is None:
            with httpx.HTTPTransport() as transport:
                response = transport.handle_request(request)
                raw = b"".join(response.stream)
            self.answer = response.status_code, response.headers, raw
        request.read()
        status, headers, raw = self.answer
        return httpx.Response(status, headers=headers, stream=httpx.ByteStream(raw))


client = OpenAI(http_client=httpx.Client(transport=AtHand()))
print(warm.measure(client, int(sys.argv[1])))
