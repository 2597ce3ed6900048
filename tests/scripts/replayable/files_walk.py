"""Looks around: what is here, how large, how old."""
import glob
import os
from pathlib import Path

os.makedirs("notes/2024", exist_ok=True)
for name in ("one", "two", "three"):
    Path(f"notes/2024/{name}.txt").write_text(name * 3)
for folder, folders, names in os.walk("notes"):
    print(folder, folders, names)
print(os.listdir("notes/2024"), glob.glob("notes/**/*.txt", recursive=True))
for entry in os.scandir("notes/2024"):
    print(entry.name, entry.is_file(), entry.stat().st_size, entry.stat().st_mtime)
status = os.stat("notes/2024/one.txt")
print(status.st_mtime_ns, status.st_ino > 0, os.path.getsize("notes/2024/two.txt"))
print(Path("notes").resolve().name, Path("nothing").exists(), os.access("notes", os.W_OK))

# changed: "three" -> "four" @ request file.open #3
# added: os.stat("notes") @ call file.stat at file.written
# removed: ("one", "two", "three") -> ("one", "two") @ call file.scandir at file.open #3
