"""Two model calls; the second prompt is edited before the replay, to one of the same length."""

import prompts
import world

with world.client() as client:
    for prompt in prompts.PROMPTS:
        print(world.ask(client, prompt))
