"""Reads a `.env` and a prompt beside itself; the key in the `.env` is a secret."""
import os
from pathlib import Path

HERE = Path(__file__).parent
for line in (HERE / ".env").read_text().splitlines():
    name, _, value = line.partition("=")
    os.environ.setdefault(name, value)
print(os.environ["MODEL"], len(os.environ["OPENAI_API_KEY"]))
print((HERE / "prompts" / "system.md").read_text().format(place=HERE))

# same
# changed: system.md -> user.md @ request file.open #2
# added: open(HERE / ".env") @ extra file.open at end
# removed: print((HERE @ missing file.open #2
