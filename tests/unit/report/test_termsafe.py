from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentrr_sandbox.termsafe import cells, clip, escape, pad

HOSTILE = [
    "\x1b[2J\x1b[1;1H$ rm -rf /",
    "\x1b]0;owned\x07",
    "\x1b]52;c;cm0gLXJmIH4=\x07",
    "\x9b31m",
    "ok\r$ fake prompt",
    "\x1b]8;;http://evil\x1b\\click\x1b]8;;\x1b\\",
    "user\u202egnp.exe",
    "a\u2066b",
    "\U000e0041hidden",
    "\ud800",
    "\x1bP$q\x1b\\",
    "\x08\x08\x08",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_that_drives_a_terminal_passes(text: str) -> None:
    assert escape(text).isprintable()
    assert escape(text) != text


@given(st.text(st.characters()))
def test_what_is_shown_is_printable_and_plain_text_is_as_it_was(text: str) -> None:
    shown = escape(text)
    assert shown.isprintable()
    if text.isprintable():
        assert shown == text


@given(st.text(st.characters()))
def test_lines_and_tabs_stay_where_they_are_asked_for(text: str) -> None:
    assert escape(text, lines=True).replace("\n", "").replace("\t", "").isprintable()


def test_an_escaped_character_says_which_it_was() -> None:
    assert escape("a\x1b\n\u202e\U000e0041") == "a\\x1b\\n\\u202e\\U000e0041"


@given(st.text(st.characters()), st.integers(5, 60))
def test_clipped_text_fits_and_padded_text_fills(text: str, width: int) -> None:
    assert cells(clip(text, width)) <= width
    assert cells(pad(text, width)) == width


def test_a_cut_is_marked_and_wide_characters_count_twice() -> None:
    assert clip("abcdef", 4) == "abc\u2026"
    assert cells("\u6f22\u5b57") == 4
    assert clip("\u6f22\u5b57\u6f22", 5) == "\u6f22\u5b57\u2026"
