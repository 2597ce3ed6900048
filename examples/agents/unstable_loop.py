"""Bare randomness decides the branch: run it twice and it does different things.

Recorders that keep only the model's answers cannot replay this one, because the requests
themselves change.  Here the draws are answers too:

    agentrr run examples/agents/unstable_loop.py
    agentrr replay last
"""

import os
import random
import time

from openai import OpenAI

MOODS = {"curious": "Ask one question about", "terse": "In five words, describe", "kind": "Praise"}

client = OpenAI()
topic = "the weather"
while True:
    mood = random.choice(sorted(MOODS))
    answer = client.chat.completions.create(
        model="gpt-4o-mini",
        messages=[{"role": "user", "content": f"{MOODS[mood]} {topic}."}],
        temperature=round(random.uniform(0, 1), 3),
        seed=int.from_bytes(os.urandom(2)),
    )
    topic = answer.choices[0].message.content
    print(f"[{mood}] {topic}")
    if time.time_ns() % 7 == 0:
        print("the clock says: enough")
        break
    if random.random() < 0.3:
        print("the dice say: enough")
        break
