"""Holds a recording against `schema.json`, and each payload against its digest."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

import agentrr_sandbox.recording as package

SCHEMA: dict[str, Any] = json.loads(
    Path(package.__file__ or "").with_name("schema.json").read_text()
)
_BY_KIND = {
    kind: Draft202012Validator({"$ref": f"#/$defs/{kind}", "$defs": SCHEMA["$defs"]})
    for kind, definition in SCHEMA["$defs"].items()
    if "t" in definition.get("properties", {})
}


def complaints(path: str | Path) -> list[str]:
    """Return what in the lines of the recording at *path* is not as the schema has it."""
    found: list[str] = []
    for number, line in enumerate(Path(path).read_text().splitlines()):
        event = json.loads(line)
        validator = _BY_KIND.get(event.get("t"))
        if validator is None:
            found.append(f"event {number}: unknown kind {event.get('t')}")
            continue
        found += [
            f"event {number} ({event['t']}): {error.json_path}: {error.message[:200]}"
            for error in validator.iter_errors(event)
        ]
    return found
