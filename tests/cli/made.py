"""Recordings made by hand, event by event, and the command line run on them as a process."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent.parent
HEADER: dict[str, Any] = {
    "t": "run.start",
    "format": "agentrr/1",
    "id": "3f2a9c01",
    "name": "agent",
    "started": 1_790_000_000_000_000_000,
    "target": {"kind": "script", "value": "agent.py"},
    "argv": ["--topic", "tides"],
    "python": {"version": "3.12.1", "implementation": "CPython", "flags": []},
    "roots": {"code": "/home/ada/project"},
    "redaction": {"rules": "1", "salt": ""},
}
END = {"t": "run.end", "how": "exit", "code": 0, "ended": 1_790_000_001_000_000_000}
EXIT: dict[str, Any] = {"t": "run.exit", "counts": {}, "digests": {}}
URL = "https://api.openai.com/v1/chat/completions"


def line(seq: int, event: dict[str, Any], chain: str) -> tuple[str, str]:
    """Return the line of one event and the hash that it ends with."""
    body = json.dumps({"seq": seq, **event}, separators=(",", ":"))
    sealed = hashlib.sha256((chain + body).encode()).hexdigest()
    return f'{body[:-1]},"h":"{sealed}"}}\n', sealed


def text(*events: dict[str, Any]) -> str:
    """Return the text of a recording that holds a header and *events*."""
    chain, out = "0" * 64, []
    for seq, event in enumerate([HEADER, *events]):
        written, chain = line(seq, event, chain)
        out.append(written)
    return "".join(out)


def write(path: Path, *events: dict[str, Any]) -> Path:
    """Write a recording to *path*."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text(*events))
    return path


def model_call(seq: int, *, question: str = "What is a tide?", streamed: bool = False) -> Any:
    """Return the events of a model call whose intent has number *seq*."""
    body = {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": question}]}
    head = {"status": 200, "headers": [["content-type", "application/json"]], "extensions": {}}
    whole = json.dumps({"choices": [{"message": {"role": "assistant", "content": "Water."}}]})
    pieces = [whole]
    if streamed:
        deltas = [{"choices": [{"index": 0, "delta": {"content": c}}]} for c in ("Wa", "ter.")]
        pieces = [f"data: {json.dumps(delta)}\n\n" for delta in deltas]
    lane = {"lane": "main"}
    return [
        {
            "t": "intent",
            **lane,
            "n": 0,
            "at": 1_203_000_000,
            "call": "http.request",
            "sig": "0" * 32,
            "request": {"method": "POST", "url": URL, "headers": [], "body": {"json": body}},
            "detail": {"gen_ai.operation.name": "chat", "gen_ai.request.model": "gpt-4o-mini"},
            "site": "[root:code]/agent.py:31 in plan()",
        },
        {"t": "head", "of": seq, **lane, "ok": head, "dur": 400_000_000},
        *({"t": "piece", "of": seq, **lane, "ok": {"$": "bt", "v": piece}} for piece in pieces),
        {
            "t": "end",
            "of": seq,
            **lane,
            "how": "end",
            "dur": 412_000_000,
            "detail": {
                "gen_ai.usage.input_tokens": 210,
                "gen_ai.usage.output_tokens": 31,
                "gen_ai.response.finish_reasons": ["stop"],
            },
        },
    ]


def tool_call(**more: Any) -> dict[str, Any]:
    """Return the event of a tool call."""
    return {
        "t": "call",
        "lane": "main",
        "n": 1,
        "at": 1_700_000_000,
        "call": "tool.get_weather",
        "sig": "1" * 32,
        "request": {"name": "get_weather", "arguments": {"city": "Oslo"}},
        "detail": {"gen_ai.tool.name": "get_weather"},
        "ok": "12 degrees",
        "dur": 2_000_000,
        **more,
    }


def agentrr(*words: str, cwd: Path, **env: str) -> subprocess.CompletedProcess[str]:
    """Run the command line in *cwd*."""
    path = os.pathsep.join([str(ROOT), str(ROOT / "hooks")])
    kept = {k: v for k, v in os.environ.items() if k not in ("COLUMNS", "AGENTRR_DIR")}
    return subprocess.run(
        [sys.executable, "-P", "-m", "agentrr_sandbox", *words],
        cwd=cwd,
        env={**kept, "PYTHONPATH": path, **env},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )
