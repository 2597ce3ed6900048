from __future__ import annotations

import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentrr_sandbox.matching import divergence
from agentrr_sandbox.report import as_json, render, render_all

URL = "https://api.openai.com/v1/chat/completions"


def request(question: str, *more: Any, temperature: float = 0.2) -> dict[str, Any]:
    rules = {"role": "system", "content": "You are brief."}
    messages = [rules, {"role": "user", "content": question}, *more]
    body = {"model": "gpt-4o-mini", "temperature": temperature, "messages": messages}
    return {"method": "POST", "url": URL, "headers": [], "body": {"json": body}}


def diverged(**more: Any) -> dict[str, object]:
    given: dict[str, Any] = {
        "event": 41,
        "lane": "main",
        "call": "http.request",
        "expected": request("What is the capital of France?"),
        "observed": request("What is the largest city of France?"),
        "recorded_site": "[root:code]/agent.py:31 in plan()",
        "present_site": "[root:code]/agent.py:33 in plan()",
        **more,
    }
    slug = given.pop("slug", "request")
    return divergence(slug, "http.request asks for something else than was recorded", **given)


def plain(report: dict[str, object], width: int = 100) -> str:
    return render(report, colour=False, width=width)


def test_a_changed_prompt_shows_the_changed_words() -> None:
    lines = plain(diverged(notes=["agent.py differs from the recorded source"])).splitlines()
    assert lines[0] == (
        "agentrr: replay diverged at event 41:"
        " http.request asks for something else than was recorded [request]"
    )
    assert f"  the recording holds  POST {URL} (gpt-4o-mini, 2 messages)" in lines
    assert "  $.body.json.messages[1]  message 2, user" in lines
    assert "    What is the [-capital-]{+largest city+} of France?" in lines
    assert "  recorded at  agent.py:31 in plan()" in lines
    assert "  now at       agent.py:33 in plan()" in lines
    assert "  note         agent.py differs from the recorded source" in lines
    assert lines[-1].startswith("agentrr: hint: ")


def test_colour_marks_words_only_where_it_is_asked_for() -> None:
    shown = render(diverged(), colour=True, width=100)
    assert "\x1b[31;9mcapital\x1b[0m\x1b[32;1mlargest city\x1b[0m" in shown
    assert "[-" not in shown
    assert "\x1b" not in plain(diverged())


def test_a_change_of_blanks_alone_is_visible_in_colour_too() -> None:
    words = [["=", "a"], ["-", " "], ["+", "   "], ["=", "b"]]
    report = diverged()
    report["differences"] = [{"path": "$.x", "expected": "", "observed": "", "words": words}]
    assert "{+" in render(report, colour=True, width=80)


def test_members_are_shown_with_their_path_and_both_values() -> None:
    report = diverged(observed=request("What is the capital of France?", temperature=0.7))
    shown = plain(report)
    assert "  $.body.json.temperature\n    recorded [-0.2-]\n    now      {+0.7+}\n" in shown


def test_a_message_more_is_added_not_changed() -> None:
    more = {"role": "assistant", "content": "Paris."}
    report = diverged(observed=request("What is the capital of France?", more))
    shown = plain(report)
    assert '    added    {+{"role": "assistant", "content": "Paris."}+}' in shown
    assert "(gpt-4o-mini, 3 messages)" in shown


def test_long_unchanged_text_is_cut_between_words() -> None:
    filling = "many more words " * 60
    old, new = f"{filling}end {filling}", f"{filling}stop {filling}"
    shown = plain(diverged(expected=request(old), observed=request(new)), width=200)
    (line,) = [line for line in shown.splitlines() if "[-end-]{+stop+}" in line]
    assert line.strip().startswith("\u2026 ")
    assert line.endswith(" \u2026")
    assert len(line) < 140


def test_another_call_shows_both_and_no_difference_of_unlike_things() -> None:
    shown = plain(
        diverged(
            slug="call",
            expected={"call": "http.request", "request": request("hi")},
            observed={"call": "time.sleep", "request": {"seconds": 1}},
        )
    )
    assert "  the run asks now     time.sleep(1)" in shown
    assert "$." not in shown


def test_nothing_recorded_says_so_and_needs_no_event() -> None:
    report = diverged(slug="extra", event=None, expected=None, lane="main/task:w#0")
    shown = plain(report)
    assert shown.startswith("agentrr: replay diverged, lane main/task:w#0: ")
    assert "  the recording holds  nothing here" in shown


def test_line_numbers_of_edited_code_are_named_as_the_cause() -> None:
    report = diverged(
        slug="output",
        call="stderr",
        expected='  File "[root:code]/a.py", line 3, in <module>\n',
        observed='  File "[root:code]/a.py", line 4, in <module>\n',
    )
    assert "hint: only line numbers of changed sources differ" in plain(report)
    other = diverged(slug="output", call="stdout", expected="3 left\n", observed="4 left\n")
    assert "only line numbers" not in plain(other)


def test_a_sealed_call_and_a_stop_are_told_in_the_same_form() -> None:
    sealed: dict[str, object] = {
        "kind": "sealed",
        "call": "subprocess.Popen",
        "request": ["uname", "-p"],
        "site": "[root:code]/agent.py:9",
        "lane": "main",
    }
    assert plain(sealed).startswith('agentrr: replay stopped subprocess.Popen(["uname", "-p"])\n')
    assert "at agent.py:9" in plain(sealed)
    stopped: dict[str, object] = {
        "kind": "stopped",
        "message": "the recording ends here",
        "exit_code": 0,
    }
    assert plain(stopped) == "agentrr: replay stopped: the recording ends here\n"


def test_what_follows_the_first_divergence_is_marked() -> None:
    shown = render_all([diverged(), diverged()], colour=False, width=100)
    assert shown.count("agentrr: replay diverged") == 2
    assert shown.index("do not trust it") > shown.index("agentrr: hint")


def test_machines_get_all_of_it() -> None:
    document = json.loads(as_json(diverged()))
    assert document["expected_preview"]
    assert document["observed_preview"]
    assert document["differences"][0]["path"] == "$.body.json.messages[1].content"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters()),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(expected=JSON, observed=JSON, slug=st.sampled_from(["request", "call", "output", "x"]))
def test_whatever_the_two_sides_hold_it_is_told_and_safe(
    expected: Any, observed: Any, slug: str
) -> None:
    report = diverged(slug=slug, expected=expected, observed=observed)
    for colour in (False, True):
        shown = render(report, colour=colour, width=80)
        bare = re.sub(r"\x1b\[[\d;]*m", "", shown)
        assert shown.startswith("\x1b[1magentrr: " if colour else "agentrr: ")
        assert bare.replace("\n", "").replace("\t", "").isprintable()


@pytest.mark.parametrize("width", [1, 40, 79, 200])
def test_body_lines_fit_the_terminal(width: int) -> None:
    report = diverged(observed=request("What is the largest city " * 30))
    for line in plain(report, width).splitlines():
        longest = max((len(word) for word in line.split()), default=0)
        if not line.startswith("agentrr: "):
            assert len(line) <= max(width, 64, longest + 24)
