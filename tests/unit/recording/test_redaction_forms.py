"""In which forms a known secret is found: the list of `docs/how-to/secrets.md`."""

from __future__ import annotations

import base64
import codecs
import html
import json
import re
import urllib.parse
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentrr_sandbox.recording.cleaning import Cleaner
from agentrr_sandbox.recording.redaction import Redactor
from agentrr_sandbox.recording.redaction_needles import Needles, folded
from agentrr_sandbox.recording.roots import Roots

ROOT = Path(__file__).resolve().parents[3]

Form = Callable[[str], str]


def b64(value: str, before: str = "", after: str = "") -> str:
    return base64.b64encode(f"{before}{value}{after}".encode()).decode()


CAUGHT: dict[str, Form] = {
    "as it is": str,
    "hex": lambda v: v.encode().hex(),
    "hex in capitals": lambda v: v.encode().hex().upper(),
    "base64": b64,
    "base64 without padding": lambda v: b64(v).rstrip("="),
    "base64 of user:key": lambda v: b64(v, "user:"),
    "base64 one byte later": lambda v: b64(v, "x"),
    "base64 two bytes later": lambda v: b64(v, "xy"),
    "base64 for URLs": lambda v: base64.urlsafe_b64encode(f"ab:{v}".encode()).decode(),
    "percent-encoded": lambda v: urllib.parse.quote(v, safe=""),
    "percent-encoded, a path": urllib.parse.quote,
    "percent-encoded, a form": urllib.parse.quote_plus,
    "percent-encoded, small letters": lambda v: re.sub(
        "%..", lambda m: m[0].lower(), urllib.parse.quote(v, safe="")
    ),
    "percent-encoded twice": lambda v: urllib.parse.quote(urllib.parse.quote(v, safe=""), safe=""),
    "base64, percent-encoded": lambda v: urllib.parse.quote(b64(v, "user:"), safe=""),
    "in JSON": json.dumps,
    "in repr": repr,
    "in HTML": html.escape,
    "in capitals": str.upper,
    "in small letters": str.lower,
    "backwards": lambda v: v[::-1],
}
LEAKS: dict[str, Form] = {
    "a part of it": lambda v: v[: len(v) * 3 // 4],
    "spaced": " ".join,
    "in groups": lambda v: " ".join(v[at : at + 4] for at in range(0, len(v), 4)),
    "hex with separators": lambda v: v.encode().hex(":"),
    "every sign percent-encoded": lambda v: "".join(f"%{b:02X}" for b in v.encode()),
    "base64 of base64": lambda v: b64(b64(v)),
    "base64 in lines": lambda v: base64.encodebytes(f"{v:>70}".encode()).decode(),
    "base32": lambda v: base64.b32encode(v.encode()).decode(),
    "base85": lambda v: base64.b85encode(v.encode()).decode(),
    "rot13": lambda v: codecs.encode(v, "rot13"),
    "each sign as `\\u0041`": lambda v: "".join(f"\\u{ord(c):04x}" for c in v),
    "the case of each letter swapped": str.swapcase,
}
"""What is not found; `docs/how-to/secrets.md` names each."""

SECRETS = {
    "OPENAI_API_KEY": "sk-proj-Qw3rTy7uIo1pAs5dQw3rTy7uIo1pAs5dQw3rTy",
    "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI/K7MDENG+bPxRfiCYzzEX9MPLEKEY",
    "DB_PASSWORD": "Hunter2&\"and' more\\",
    "SHORT_PASSWORD": "aB3dE6",
}


def scrubbed(text: str, *known: str) -> bool:
    return "[redacted:" in text and not any(value in text for value in known)


@pytest.mark.parametrize("name", SECRETS)
@pytest.mark.parametrize("form", CAUGHT)
def test_the_forms_that_are_found(form: str, name: str) -> None:
    value = SECRETS[name]
    made = CAUGHT[form](value)
    redactor = Redactor({name: value}, b"salt")
    text = f"see <{made}> and so on"
    assert redactor.hit(text)
    cleaned = redactor.text(text)
    placeholder = f"[redacted:{name}:1]"
    assert re.fullmatch(rf"see <.{{0,9}}{re.escape(placeholder)}['\"]?> and so on", cleaned), (
        cleaned
    )
    assert redactor.text(cleaned) == cleaned

    replay = Redactor(None, b"salt")
    served, _ = replay.serve(redactor.stored(name, value))
    assert replay.text(f"see <{CAUGHT[form](served)}> and so on") == cleaned


@pytest.mark.parametrize("form", CAUGHT)
def test_what_a_replay_makes_of_a_placeholder_that_it_served(form: str) -> None:
    value = SECRETS["OPENAI_API_KEY"]
    recording, replay = Redactor(), Redactor()
    stored = recording.named("api_key", value)
    replay.served(stored)
    make = CAUGHT[form]
    assert recording.text(f"<{make(value)}>") == replay.text(f"<{make(stored)}>")


@pytest.mark.parametrize("form", LEAKS)
def test_the_forms_that_are_not_found(form: str) -> None:
    """Should one be found one day, take it off the page as well."""
    value = SECRETS["OPENAI_API_KEY"]
    made = LEAKS[form](value)
    assert Redactor({"OPENAI_API_KEY": value}).text(made) == made


def test_a_word_is_not_looked_for_backwards_or_in_capitals() -> None:
    redactor = Redactor({"DB_PASSWORD": "drawers"})
    text = "a reward, DRAWERS, srewards: srewerd"
    assert redactor.text(text) == text
    assert redactor.text("my drawers") == "my [redacted:DB_PASSWORD:1]"


def test_a_number() -> None:
    cleaner = Cleaner(Redactor({"DB_PASSWORD": "12345678"}, b"s"), Roots({}))
    assert cleaner.tree({"x": [12345678, 1234567, True]}) == {
        "x": ["[redacted:DB_PASSWORD:1]", 1234567, True]
    }
    stored = cleaner.environment("DB_PASSWORD", "12345678")
    replay = Redactor(None, b"s")
    served, shown = replay.serve(stored)
    assert Cleaner(replay, Roots({})).tree([int(served)]) == [shown]
    assert str(int(served)) == served


def test_a_number_under_a_name() -> None:
    cleaner = Cleaner(Redactor(), Roots({}))
    assert cleaner.tree({"password": 918273, "client_secret": 99, "token": 1234567890}) == {
        "password": "[redacted:password:1]", "client_secret": 99, "token": 1234567890,
    }  # fmt: skip


texts = st.text(st.characters(codec="utf-8"), max_size=80)


@given(st.lists(st.text(min_size=6, max_size=60), min_size=1, max_size=40), st.data(), texts, texts)
def test_no_needle_is_missed(needles: list[str], data: st.DataObject, lead: str, rest: str) -> None:
    known = Needles()
    half = len(needles) // 2
    known.add(needles[:half])
    known.add(needles[half:])
    for place in (0, len(needles) - 1, data.draw(st.integers(0, len(needles) - 1))):
        assert known.found(folded(f"{lead}{needles[place]}{rest}"))
        assert known.found(folded(f"{lead}{folded(needles[place])}{rest}"))


def test_many_needles_are_told_from_what_is_none() -> None:
    known = Needles()
    known.add(f"{number:x}-needle-of-a-great-many-{number}-and-more" for number in range(500))
    assert known.found("hay " * 40 + "1f3-needle-of-a-great-many-499-and-more" + " hay" * 40)
    assert not known.found("hay " * 400)
    assert not known.found("")


def test_the_page_names_what_is_not_found() -> None:
    page = " ".join((ROOT / "docs/how-to/secrets.md").read_text().split())
    assert [form for form in LEAKS if form not in page] == []
