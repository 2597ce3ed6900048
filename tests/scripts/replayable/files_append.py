"""An agent that appends to its log, and reads the whole log back."""
import time

with open("agent.log", "a") as log:
    log.write(f"{time.time_ns()} started\n")
with open("agent.log") as log:
    lines = log.readlines()
print(len(lines), lines[-1].strip())
with open("agent.log", "r+b") as log:
    log.seek(0, 2)
    log.write(b"end\n")
print(open("agent.log", "rb").read()[-8:])

# changed: started -> begun @ file file.open #2
# changed: "r+b" -> "ab" @ request file.open #3
# added: open("agent.log") @ call file.open at file.written
# removed: print(open( @ call file.written at file.open #4
