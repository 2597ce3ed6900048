"""An agent that reads its memory and rewrites it: its own input is gone after the first run."""
import json
from pathlib import Path

path = Path("memory.json")
memory = json.loads(path.read_text()) if path.exists() else {"runs": 0, "facts": []}
memory["runs"] += 1
memory["facts"].append(f"fact {memory['runs']}")
path.with_suffix(".tmp").write_text(json.dumps(memory, indent=1))
path.with_suffix(".tmp").replace(path)
print(memory, path.read_text(), sep="\n")

# same
# changed: fact {memory -> truth {memory @ file file.open #3
# added: path.unlink() @ call file.remove at file.written
# removed: .replace(path) @ call file.open at file.replace
