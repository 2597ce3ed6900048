"""A thread dies of an error; the script goes on, and ends with another."""
import threading
import time


def work(name):
    raise ConnectionError(f"{name} lost at {time.time()}")


thread = threading.Thread(target=work, args=("reader",), name="reader")
thread.start()
thread.join()
print("alive", thread.is_alive())
raise RuntimeError(f"the reader died before {time.time_ns()}")

# changed: the reader died -> the writer died @ output stderr with the reader died
# added: print("alive" -> time.time(); print("alive" @ read time.time at reads #2
# removed: lost at {time.time()} -> lost @ output stderr with lost at in main/thread:work#1
