# ruff: noqa: E501 - tables of cases
from __future__ import annotations

import pytest

from agentrr_sandbox.recording import redaction_names
from agentrr_sandbox.recording.cleaning import Cleaner
from agentrr_sandbox.recording.redaction import Redactor
from agentrr_sandbox.recording.roots import Roots


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ('{"user": "a", "password": "hunter22"}', '{"user": "a", "password": "[redacted:password:1]"}'),
        ("{'password': 'hunter22', 'n': 1}", "{'password': '[redacted:password:1]', 'n': 1}"),
        ('{"args":"{\\"password\\": \\"hunter22\\"}"}', '{"args":"{\\"password\\": \\"[redacted:password:1]\\"}"}'),
        ('"password": "a\\"b", "x": 1', '"password": "[redacted:password:1]", "x": 1'),
        ('{"password": "correct horse"}', '{"password": "[redacted:password:1]"}'),
        ("host=db password=hunter22 port=5", "host=db password=[redacted:password:1] port=5"),
        ("export DB_PASSWORD=swordfish", "export DB_PASSWORD=[redacted:DB_PASSWORD:1]"),
        ("A=1\nDB_PASSWORD=a1&b2;c3\nB=2", "A=1\nDB_PASSWORD=[redacted:DB_PASSWORD:1]\nB=2"),
        ("db:\n  password: swordfish\n", "db:\n  password: [redacted:password:1]\n"),
        ("AZURE_OPENAI_KEY: 0123456789abcdef", "AZURE_OPENAI_KEY: [redacted:AZURE_OPENAI_KEY:1]"),
        ("Settings(password='swordfish')", "Settings(password='[redacted:password:1]')"),
        ("os.environ['DB_PASSWORD'] = 'hunter22'", "os.environ['DB_PASSWORD'] = '[redacted:DB_PASSWORD:1]'"),
        ("<secret>hunter22</secret>", "<secret>[redacted:secret:1]</secret>"),
        ("run --password hunter22 now", "run --password [redacted:password:1] now"),
        ("client_secret=abc&x=1", "client_secret=[redacted:client_secret:1]&x=1"),
        ("Authorization: Basic dTpw", "Authorization: Basic [redacted:authorization:1]"),
        ("[('authorization', 'Basic dTpw')]", "[('authorization', 'Basic [redacted:authorization:1]')]"),
        ("Cookie: sid=0123456789; theme=dark", "Cookie: sid=[redacted:sid:1]; theme=dark"),
        ("\u0130 password=hunter22", "\u0130 password=[redacted:password:1]"),
    ],
)  # fmt: skip
def test_under_a_name_in_text(text: str, cleaned: str) -> None:
    redactor = Redactor()
    assert redactor.hit(text)
    assert redactor.text(text) == cleaned
    assert redactor.text(cleaned) == cleaned


@pytest.mark.parametrize(
    "text",
    [
        '"max_tokens": 100, "usage": {"prompt_tokens": 5}',
        '{"logprobs": [{"token": " the"}]}',
        "The password: it must have 8 characters. Your token: use it. The secret = patience",
        "password = getpass.getpass(); api_key=os.environ['X']; login(password=password)",
        "secret: str = Field(); token = tokens[i]; key: value",
        'api_key="${KEY}" password="<your password>" secret="string"',
        '["secret", "garden"], ("token", "ring")',
        "password: required\nsecret: none\n",
    ],
)
def test_ordinary_text_under_such_words(text: str) -> None:
    assert Redactor().text(text) == text


def test_what_has_no_separator_is_no_candidate() -> None:
    assert redaction_names.ends("a key question: tokens, secrets and passwords; use=1") == []


@pytest.mark.parametrize(
    "filler", ["a", '"', "\\", "password=", '"password": "', "--key ", "cookie:"]
)
def test_no_name_takes_more_than_linear_time(filler: str) -> None:
    text = "password: " + filler * (40_000 // len(filler))
    assert len(Redactor().text(text)) <= len(text) * 30


def test_words_of_a_command_line() -> None:
    cleaner = Cleaner(Redactor(), Roots({}))
    words = ["-X", "dev", "--password", "swordfish", "--api-key=abc123", "--verbose", "A_KEY=k1"]
    assert cleaner.words(words) == [
        "-X", "dev", "--password", "[redacted:password:1]",
        "--api-key=[redacted:api-key:1]", "--verbose", "A_KEY=k1",
    ]  # fmt: skip
    assert cleaner.text("it is swordfish") == "it is [redacted:password:1]"
    node = {"argv": ["x", "--password", "letmein"]}
    assert cleaner.tree(node) == {"argv": ["x", "--password", "[redacted:password:2]"]}
