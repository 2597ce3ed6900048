"""SystemExit with a text: it goes to stderr, and the code is 1."""
import time

print("working")
if time.time() > 0:
    raise SystemExit(f"no budget left at {time.time()}")

# changed: no budget -> no time @ output stderr
# added: print("working") -> print("working", time.time()) @ read time.time at end
# removed: if time.time() > 0: -> if True: @ output stderr
