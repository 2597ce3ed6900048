"""Events are counted by a thread of the counter's; the last batch goes out at exit."""

# needs: server
# needs: posthog
# drifts: the baton is taken from a thread that computes for long, at no exact place

import os
import random
import time

from posthog import Posthog

client = Posthog("phc_made_up", host=os.environ["HTTP_BASE_URL"] + "/post", flush_at=3, flush_interval=0.02, max_retries=1, timeout=1)
for n in range(5):
    client.capture("asked", distinct_id="somebody", properties={"n": n, "draw": random.random()})
    time.sleep(random.random() / 100)
    print(n, round(random.random(), 3))
client.shutdown()
print("counted")
