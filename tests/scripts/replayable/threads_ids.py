# The numbers of threads, printed and logged.
import asyncio
import concurrent.futures
import logging
import sys
import threading
import time

logging.basicConfig(format="%(thread)d %(threadName)s %(message)s", stream=sys.stdout)


def show():
    me = threading.current_thread()
    print(me.name, me.ident == threading.get_ident(), me.ident, me.native_id)
    logging.warning("here %d", threading.get_native_id())
    print(sys._current_frames()[threading.get_ident()].f_code.co_name)


print(time.time(), threading.main_thread() is threading.current_thread())
show()
worker = threading.Thread(target=show, name="worker")
print(worker.ident)
worker.start()
worker.join()
print(worker.ident, worker.native_id, threading.active_count(), threading.enumerate() != [])
with concurrent.futures.ThreadPoolExecutor(1) as pool:
    pool.submit(show).result()
    pool.submit(show).result()


async def main():
    show()
    await asyncio.to_thread(show)


asyncio.run(main(), debug=True)
print(threading.get_ident, repr(threading.get_native_id))

# changed: print(worker.ident) -> print(worker.ident, 1) @ output stdout #5 in main/thread:show#1
# added: time.time() @ read time.time at end
# removed: print(time.time(), -> print( @ output stdout
