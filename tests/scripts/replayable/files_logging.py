"""Logs to a file with the clock's time, and hands the log on."""
import csv
import io
import logging
import os
import pickle
from pathlib import Path

logging.basicConfig(filename="agent.log", format="%(asctime)s.%(msecs)03d %(message)s")
logging.warning("thinking")
logging.shutdown()
print(Path("agent.log").read_text().strip())
with open("rows.csv", "w", newline="") as f:
    csv.writer(f).writerows([["a", 1], ["b", os.urandom(2).hex()]])
with open("rows.csv", newline="") as f:
    print(list(csv.DictReader(f)))
with open("state.pickle", "wb") as f:
    pickle.dump({"rows": 2}, f)
print(pickle.loads(Path("state.pickle").read_bytes()))
descriptor = os.open("raw", os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
os.write(descriptor, b"raw bytes")
os.lseek(descriptor, 4, 0)
print(os.read(descriptor, 10), os.fstat(descriptor).st_size)
os.close(descriptor)
with io.FileIO("raw") as raw:
    print(raw.readall(), raw.name)

# changed: "rows.csv", "w" -> "lines.csv", "w" @ request file.open #3
# added: open("raw") @ call file.open at file.written
# removed: logging.warning("thinking") @ file file.open #2
