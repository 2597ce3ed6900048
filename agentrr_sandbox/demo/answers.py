"""What a model that is none answers: random text, ids, tool calls, values that fit a schema."""

from __future__ import annotations

import json
import random
import string
from collections.abc import Mapping, Sequence
from typing import Any

SENTENCE = (
    "the order was shipped on time and the customer has been told about the new "
    "delivery date by mail while our team checks stock in the northern warehouse"
)
WORDS = SENTENCE.split()
OPENERS = ("Sure.", "Here is what I found:", "Let me explain.", "In short:", "Good question.")
VALUES = {  # by the name of a property, so that a tool call looks like one
    "city": ("Berlin", "Lagos", "Lima", "Osaka", "Paris", "Perth"),
    "currency": ("EUR", "JPY", "NGN", "USD"),
    "email": ("ada@example.com", "grace@example.com"),
    "name": ("Ada", "Alan", "Barbara", "Edsger", "Grace"),
    "order_id": ("A-1001", "A-1002", "A-1003", "B-2044"),
    "query": ("refund policy", "delivery times", "opening hours"),
    "reason": ("damaged", "late", "wrong size"),
    "unit": ("celsius", "fahrenheit"),
}
MAX_DEPTH = 8
MAX_ROUNDS = 2


class Chance:
    """The server's dice: one object for one request, drawn from the server's own generator."""

    def __init__(self, seed: int | None = None) -> None:
        self.random = random.Random(seed)  # noqa: S311 - it plays a model, it keeps no secret

    def ident(self, prefix: str, size: int = 24) -> str:
        """Return a fresh id as providers make them."""
        letters = string.ascii_letters + string.digits
        return prefix + "".join(self.random.choices(letters, k=size))

    def text(self, said: str = "") -> str:
        """Return a random sentence or two; *said*, a tool's result, is quoted in it."""
        words = self.random.choices(WORDS, k=self.random.randint(5, 14))
        quoted = f" The tool says: {said[:200]}." if said else ""
        return f"{self.random.choice(OPENERS)} {' '.join(words).capitalize()}.{quoted}"

    def pieces(self, text: str) -> list[str]:
        """Cut *text* as a streaming model does: word by word, sometimes within a word."""
        found: list[str] = []
        for word in text.split(" "):
            piece = word if not found else f" {word}"
            cut = self.random.randint(1, len(piece)) if piece else 0
            found += [piece[:cut], piece[cut:]] if self.random.random() < 0.3 else [piece]  # noqa: PLR2004
        return [piece for piece in found if piece]

    def calls(
        self,
        tools: Sequence[tuple[str, Mapping[str, Any]]],
        results: Sequence[str],
        choice: object = "auto",
    ) -> list[tuple[str, dict[str, Any]]]:
        """Return the tool calls to ask for: name and arguments; none when it is time to talk.

        *tools* are names and parameter schemas, *results* what the tools said so far, *choice* the
        request's `tool_choice`: one that is asked for comes, and at least one where one must.
        """
        wanted, must = _chosen(choice)
        if wanted:
            tools = [each for each in tools if each[0] == wanted]
        if not tools or wanted is None:
            return []
        tired = len(results) >= MAX_ROUNDS or (results and self.random.random() < 0.7)  # noqa: PLR2004
        if tired and not must:
            return []
        count = 1 if results or must else self.random.randint(1, min(2, len(tools)))
        chosen = self.random.sample(list(tools), count)
        return [(name, self.value(schema, schema)) for name, schema in chosen]

    def value(
        self, schema: Mapping[str, Any], root: Mapping[str, Any], name: str = "", depth: int = 0
    ) -> Any:
        """Return a random value that fits the JSON schema *schema* within *root*."""
        schema = _resolved(schema, root)
        if "const" in schema:
            return schema["const"]
        if "enum" in schema:
            return self.random.choice(schema["enum"])
        kind = schema.get("type", "object" if "properties" in schema else "string")
        if isinstance(kind, list):
            kind = next((k for k in kind if k != "null"), "null")
        if kind == "object":
            properties: Mapping[str, Any] = schema.get("properties", {})
            return {
                key: self.value(inner, root, key, depth + 1)
                for key, inner in properties.items()
                if depth < MAX_DEPTH
            }
        if kind == "array":
            count = self.random.randint(1, 3) if depth < MAX_DEPTH else 0
            return [
                self.value(schema.get("items", {}), root, name, depth + 1) for _ in range(count)
            ]
        return self._leaf(kind, schema, name)

    def _leaf(self, kind: str, schema: Mapping[str, Any], name: str) -> Any:
        low, high = schema.get("minimum", 1), schema.get("maximum", 100)
        if kind == "integer":
            return self.random.randint(int(low), int(high))
        if kind == "number":
            return round(self.random.uniform(low, high), 2)
        if kind == "boolean":
            return self.random.random() < 0.5  # noqa: PLR2004 - a coin
        if kind == "null":
            return None
        return self.random.choice(VALUES.get(name, WORDS))


def _chosen(choice: object) -> tuple[str | None, bool]:
    """Return the tool that a `tool_choice` names ("": any, None: none), and whether one must be."""
    if isinstance(choice, Mapping):
        named = choice.get("function") or choice
        name = named.get("name", "")
        kind = choice.get("type")
        return (None, False) if kind == "none" else (name, bool(name) or kind == "any")
    return (None, False) if choice == "none" else ("", choice == "required")


def _resolved(schema: Mapping[str, Any], root: Mapping[str, Any]) -> Mapping[str, Any]:
    for _ in range(MAX_DEPTH):
        if "$ref" in schema:
            found: Any = root
            for part in filter(None, str(schema["$ref"]).lstrip("#").split("/")):
                found = found[part]
            schema = found
        elif "anyOf" in schema or "oneOf" in schema or "allOf" in schema:
            options = schema.get("anyOf") or schema.get("oneOf") or schema["allOf"]
            schema = next((o for o in options if o.get("type") != "null"), options[0])
        else:
            break
    return schema


def tokens(value: object) -> int:
    """Return about how many tokens *value* would be."""
    text = value if isinstance(value, str) else json.dumps(value)
    return max(1, len(text) // 4)


def plain(content: object) -> str:
    """Return the text of a message's content, which may be a string or a list of parts."""
    if isinstance(content, str):
        return content
    if isinstance(content, list):
        return " ".join(plain(part.get("text", "")) for part in content if isinstance(part, dict))
    return ""
