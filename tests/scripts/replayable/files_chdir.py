"""Works in a folder that it makes, and that no other machine has."""
import os
from pathlib import Path

os.makedirs("work/inner")
os.chdir("work/inner")
print(os.path.relpath(os.getcwd(), Path(__file__).parent))
Path("x.txt").write_text("inner")
print(Path("x.txt").resolve() == Path.cwd() / "x.txt", open("x.txt").read(), os.listdir())
os.chdir("..")
print(os.listdir(), Path("inner/x.txt").exists(), os.path.abspath("y").endswith("work/y"))

# same
# changed: "x.txt").write_text("inner -> "x.txt").write_text("outer @ file file.open #2
# added: os.listdir() @ call file.listdir at file.written
# removed: os.chdir("..") @ call file.listdir at file.chdir #2
