"""A recording at a glance: what `ls` shows, from its first line, its last, and its model calls.

Only lines that can hold a model call are parsed, and no hash is checked: `verify` does that.
"""

from __future__ import annotations

import os
from typing import Any

from agentrr_sandbox.cli.rows import ended
from agentrr_sandbox.recording.jsontext import loads
from agentrr_sandbox.summary import command_of

_BLOCK = 1 << 20
_MAX_LINE = 64 << 20
_MARK = b'"gen_ai.'


class Glance:
    """One recording: where it is, what ran, when, how it ended, model calls, tokens in and out."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.size = os.stat(path).st_size
        self.header: dict[str, Any] = {}
        self.events = self.models = self.tools = 0
        self.tokens = [0, 0]
        self.ended = "empty"
        self._read()

    def _read(self) -> None:
        last = b""
        with open(self.path, "rb") as file:
            while line := file.readline(_MAX_LINE):
                if not line.endswith(b"\n"):
                    break
                if self.events == 0:
                    self.header = _parsed(line)
                    if not str(self.header.get("format", "")).startswith("agentrr/"):
                        self.ended = "not a recording"
                        return
                elif _MARK in line:
                    self._count(_parsed(line))
                self.events += 1
                last = line
        if self.events:
            final = _parsed(last)
            self.ended = ended(final if final.get("t") == "run.end" else None)

    def _count(self, event: dict[str, Any]) -> None:
        detail = event.get("detail")
        if not isinstance(detail, dict):
            return
        if event.get("t") in ("call", "intent"):
            self.tools += "gen_ai.tool.name" in detail
            self.models += "gen_ai.request.model" in detail and "gen_ai.tool.name" not in detail
        for place, way in enumerate(("input", "output")):
            count = detail.get(f"gen_ai.usage.{way}_tokens")
            self.tokens[place] += count if isinstance(count, int) else 0

    @property
    def script(self) -> str:
        """What ran, with its arguments, as it was typed."""
        return command_of(self.header)

    @property
    def started(self) -> float:
        """When the run began, in seconds since the epoch."""
        started = self.header.get("started")
        return started / 1e9 if isinstance(started, int) else os.stat(self.path).st_mtime

    def as_dict(self) -> dict[str, object]:
        """Return the same for machines."""
        return {
            "id": self.header.get("id"),
            "name": self.header.get("name"),
            "path": self.path,
            "script": self.script,
            "started": self.started,
            "ended": self.ended,
            "events": self.events,
            "model_calls": self.models,
            "tool_calls": self.tools,
            "input_tokens": self.tokens[0],
            "output_tokens": self.tokens[1],
            "bytes": self.size,
        }


def _parsed(line: bytes) -> dict[str, Any]:
    try:
        found = loads(line)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
