"""An exit code that the world decides, from below a handler that must not catch it."""
import atexit
import random
import sys

atexit.register(print, "last words", random.random())
try:
    try:
        sys.exit(3 + random.randrange(100))
    except Exception:
        print("never")
finally:
    print("leaving")

# changed: 3 + random.randrange(100) -> 4 + random.randrange(100) @ exit exit
# added: print("leaving") -> print("leaving", random.random()) @ read random.random at end
# removed: , random.random()) -> ) @ read random.getrandbits(7) at reads
