"""Ends as a ^C would end it."""
import time


def wait():
    try:
        time.sleep(0.001)
        raise KeyboardInterrupt
    finally:
        print("interrupted at", time.time())


wait()

# changed: 0.001 -> 0.002 @ request time.sleep
# added: raise KeyboardInterrupt -> time.sleep(0); raise KeyboardInterrupt @ read time.time at reads
# removed: time.sleep(0.001) @ read time.time at time.sleep
