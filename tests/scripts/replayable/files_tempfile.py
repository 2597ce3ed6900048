"""Temporary files of every kind: their names are drawn, and are in TMP."""
import os
import tempfile
from pathlib import Path

with tempfile.NamedTemporaryFile("w", suffix=".txt", delete=False) as kept:
    kept.write("draft")
print(kept.name, Path(kept.name).read_text())
os.unlink(kept.name)
with tempfile.TemporaryDirectory(prefix="agent-") as folder:
    (Path(folder) / "a" / "b").mkdir(parents=True)
    (Path(folder) / "a" / "b" / "c.txt").write_text("deep")
    print(folder, sorted(str(p.relative_to(folder)) for p in Path(folder).rglob("*")))
print(os.path.exists(folder), os.path.exists(kept.name))
with tempfile.TemporaryFile("w+") as nameless:
    nameless.write("nameless")
    nameless.seek(0)
    print(nameless.read())
Path("beside.txt").write_text("stays")
with tempfile.TemporaryFile("w+", dir=".") as nameless:
    nameless.write("beside")
print(Path("beside.txt").read_text())
with tempfile.SpooledTemporaryFile(max_size=4) as spooled:
    spooled.write(b"spilled over")
    spooled.seek(0)
    print(spooled.read())

# changed: suffix=".txt" -> suffix=".md" @ request file.open #2
# added: tempfile.mkdtemp() @ call file.mkdir at file.written
# removed: os.unlink(kept.name) @ call file.mkdir at file.remove #2
