"""Edits a git checkout: reads it, asks a model, patches, runs the tests, commits."""

import os
import subprocess
import sys
from pathlib import Path

from openai import OpenAI

repo = Path(sys.argv[1])


def run(*words: str) -> str:
    done = subprocess.run(words, cwd=repo, capture_output=True, text=True)
    return f"$ {words[0]} {words[1]} [{done.returncode}]\n{done.stdout}{done.stderr[-3:]}"


print(run("git", "status", "--short"), run("git", "log", "--oneline"))
for path in sorted(repo.rglob("*.py")):
    print(path.relative_to(repo), len(path.read_text()), path.stat().st_size)
source = (repo / "calc.py").read_text()
answer = OpenAI().chat.completions.create(
    model="gpt-4o-mini", messages=[{"role": "user", "content": f"Mend this:\n{source}"}]
)
said = answer.choices[0].message.content or ""
print(said)
(repo / "calc.py").write_text(source.replace("a - b", "a + b"))
(repo / "NOTES.md").write_text(said)
print(run("git", "diff", "--stat"))
print(run(sys.executable, "-m", "unittest", "-q"))
os.rename(repo / "NOTES.md", repo / "CHANGES.md")
print(run("git", "add", "-A"))
print(run("git", "-c", "user.name=a", "-c", "user.email=a@b", "commit", "-q", "-m", said[:30]))
print(run("git", "log", "--oneline"), run("git", "show", "--stat", "--oneline", "HEAD"))
print(sorted(os.listdir(repo)), (repo / ".git/HEAD").read_text())
