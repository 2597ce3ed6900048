import uuid
from concurrent.futures import ThreadPoolExecutor, as_completed, wait


def tool(n):
    return n, uuid.uuid4().hex[:8]


with ThreadPoolExecutor(4) as pool:
    print(list(pool.map(tool, range(6))))
    futures = [pool.submit(tool, n) for n in range(5)]
    print(sorted(future.result() for future in as_completed(futures)))
    print([future.result()[0] for future in wait(futures).done])
    failing = pool.submit(lambda: [][uuid.uuid4().int])
    print(repr(failing.exception()))
# changed: hex[:8] -> hex[:7] @ output stdout
# added: range(6) -> range(7) @ output stdout
# removed: range(5) -> range(4) @ output stdout #2
