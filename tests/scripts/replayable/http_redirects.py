"""Redirects, followed and not."""
import os

import httpx

BASE = os.environ["HTTP_BASE_URL"]

answer = httpx.get(f"{BASE}/redirect/3", follow_redirects=True)
print(answer.status_code, [step.status_code for step in answer.history], answer.json()["args"])
left = httpx.get(f"{BASE}/redirect/1")
print(left.status_code, left.has_redirect_location, left.next_request.url.query)

# needs: server
# changed: /redirect/3 -> /redirect/2 @ request http.request
# added: httpx.get(BASE + "/get") @ extra http.request at end
# removed: follow_redirects=True -> follow_redirects=False @ output stderr at end
