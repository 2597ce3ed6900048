from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agentrr_sandbox.recording import redaction_shapes
from agentrr_sandbox.recording.redaction_rules import RULES

_FRAGMENTS = st.sampled_from(
    [
        *(literal for _, literals, _ in RULES for literal in literals),
        *("sk-proj-", "sk-ant-api03-", "rk_live_", "s", "r", "://u:", "@", "bearer ", "BASIC "),
        *("xoxb-", "xoxp-", ".eyJ", "pypi-AgEIcHlwaS5vcmc", "hooks.slack.com/services/"),
        *("-----BEGIN PRIVATE KEY-----", "-----END PRIVATE KEY-----", "-----BEGIN", "-----"),
        *("a" * 16, "A2" * 9, "B7_" * 25, "x9" * 40, "T0/" * 10, " ", "\n", "é", "-", ".", "_"),
    ]
)
_TEXTS = st.lists(_FRAGMENTS, min_size=1, max_size=14).map("".join)


@pytest.mark.parametrize("rule", RULES, ids=[f"{n}-{rule[0]}" for n, rule in enumerate(RULES)])
@settings(max_examples=60, deadline=None)
@given(text=_TEXTS)
def test_each_rule_finds_what_its_expression_finds(
    rule: tuple[str, tuple[str, ...], str], text: str
) -> None:
    near = f"{text}{rule[1][0]}{text}"  # the rule's own literal, among the rest
    expected = [match.span() for match in re.finditer(rule[2], near)]
    assert [match.span() for match in redaction_shapes.found(rule, near)] == expected


def test_the_examples_reach_every_rule() -> None:
    """The fragments above make a match of each rule, so that the comparison is of something."""
    parts = {
        "private-key": "-----BEGIN PRIVATE KEY-----" + "a" * 16,
        "anthropic": "sk-ant-api03-" + "x9" * 40,
        "openai": "sk-proj-" + "x9" * 40,
        "aws": "AKIA" + "A2" * 8,
        "github": "ghp_" + "x9" * 40,
        "gitlab": "glpat-" + "x9" * 40,
        "slack": "xoxb-" + "x9" * 40,
        "stripe": "rk_live_" + "x9" * 40,
        "google": "AIza" + "x9" * 40,
        "huggingface": "hf_" + "x9" * 40,
        "npm": "npm_" + "x9" * 40,
        "pypi": "pypi-AgEIcHlwaS5vcmc" + "x9" * 40,
        "jwt": "eyJ" + "a" * 16 + ".eyJ" + "a" * 16 + "." + "a" * 16,
        "login": "://u:" + "x9" * 40 + "@",
        "authorization": "Bearer " + "x9" * 40,
    }
    assert set(parts) == {rule[0] for rule in RULES}
    for rule in RULES:
        text = f"{parts[rule[0]]} hooks.slack.com/services/{'T0/' * 10} github_pat_{'B7_' * 25}"
        assert list(redaction_shapes.found(rule, text)), rule[0]
