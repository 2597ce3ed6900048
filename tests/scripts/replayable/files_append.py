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

# mutant: started -> begun @ file
# mutant: "r+b" -> "ab" @ file.open
# mutant: b"end\n" -> b"END\n" @ file
