"""Fails while it works on a file: the traceback shows the path that the script knows."""
import json
import os
import tempfile

folder = tempfile.mkdtemp(prefix="agent-")
path = os.path.join(folder, "plan.json")
with open(path, "w") as f:
    f.write('{"plan": ')
try:
    json.load(open(path))
except ValueError as error:
    print(error)
os.rename(path, path + ".bad")
os.rmdir(folder) if not os.listdir(folder) else print(repr(open(path + ".bad")))
open(path)

# changed: '{"plan": ' -> '{"goal": [' @ file file.open #3
# added: os.rename(path, path + ".bad") -> os.rename(path, path + ".bad"); os.stat(folder) @ call file.stat at file.listdir
# removed: os.rename(path @ call file.listdir at file.rename
