"""Copies, moves and removes trees."""
import os
import shutil
import time
from pathlib import Path

Path("src/deep").mkdir(parents=True)
Path("src/deep/a.bin").write_bytes(bytes(range(256)) * 40)
Path("src/b.txt").write_text(f"{time.time_ns()}\n")
shutil.copytree("src", "copy")
shutil.copy2("src/b.txt", "c.txt")
os.chmod("c.txt", 0o600)
os.utime("c.txt", (1_000, 2_000))
shutil.move("copy", "moved")
shutil.rmtree("src")
print(sorted(str(p) for p in Path(".").rglob("*") if "run" not in p.name))
print(Path("c.txt").read_text(), oct(os.stat("c.txt").st_mode), os.stat("c.txt").st_mtime)
print(Path("moved/deep/a.bin").read_bytes()[:4], os.path.exists("src"), os.path.exists("copy"))
shutil.make_archive("packed", "zip", "moved")
print(shutil.disk_usage(".").total > 0, sorted(os.listdir("moved")))
shutil.unpack_archive("packed.zip", "unpacked")
print(Path("unpacked/b.txt").read_text())

# changed: 0o600 -> 0o644 @ request file.chmod #6
# changed: * 40 -> * 41 @ file file.open #5
# added: os.listdir(".") @ call file.listdir at file.written
# removed: os.utime( @ call file.stat at file.utime #6
