"""Eight model calls from a pool of eight threads, printed as they are answered."""

from concurrent.futures import ThreadPoolExecutor, as_completed

import world

with world.client() as client, ThreadPoolExecutor(8) as pool:
    asked = {pool.submit(world.ask, client, f"question {number}"): number for number in range(8)}
    for answered in as_completed(asked):
        print(asked[answered], answered.result())
