# ruff: noqa: E501 - tables of cases
from __future__ import annotations

import base64
import random
import re
import string
import time
import urllib.parse
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agentrr_sandbox.matching import signature
from agentrr_sandbox.recording import codec, standins
from agentrr_sandbox.recording.cleaning import Cleaner
from agentrr_sandbox.recording.jsontext import dumps, loads
from agentrr_sandbox.recording.redaction import Redactor
from agentrr_sandbox.recording.redaction_rules import (
    COOKIE,
    NO,
    RULES,
    STRONG,
    WEAK,
    kind_of_name,
    looks_random,
    secret_variable,
)
from agentrr_sandbox.recording.roots import Roots

_random = random.Random(7)


def word(count: int, letters: str = string.ascii_letters + string.digits) -> str:
    return "".join(_random.choice(letters) for _ in range(count))


BASE64 = string.ascii_letters + string.digits + "+/"
PEM = (
    "-----BEGIN RSA PRIVATE KEY-----\n"
    + "\n".join(word(64, BASE64) for _ in range(12))
    + "\n-----END RSA PRIVATE KEY-----"
)
PLANTED = {
    "openai": f"sk-proj-{word(80)}",
    "openai, old": f"sk-{word(48)}",
    "anthropic": f"sk-ant-api03-{word(93)}AA",
    "aws": f"AKIA{word(16, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567')}",
    "github": f"ghp_{word(36)}",
    "github, fine": f"github_pat_{word(22)}_{word(59)}",
    "gitlab": f"glpat-{word(20)}",
    "slack": f"xoxb-{word(12, string.digits)}-{word(24)}",
    "slack hook": f"hooks.slack.com/services/T{word(8)}/B{word(8)}/{word(24)}",
    "stripe": f"sk_live_{word(24)}",
    "google": f"AIza{word(35)}",
    "huggingface": f"hf_{word(34)}",
    "npm": f"npm_{word(36)}",
    "pypi": f"pypi-AgEIcHlwaS5vcmc{word(60)}",
    "jwt": f"eyJ{word(30)}.eyJ{word(60)}.{word(43)}",
    "private key": PEM,
}


@pytest.mark.parametrize("kind", PLANTED)
@pytest.mark.parametrize("around", ["{}", "the key is {}.", '{{"a": "{}"}}', "x={}\n", "Bearer {}"])
def test_published_shapes_are_found(kind: str, around: str) -> None:
    secret = PLANTED[kind]
    text = around.format(secret)
    redactor = Redactor()
    cleaned = redactor.text(text)
    assert redactor.hit(text)
    assert re.search(r"\[redacted:[a-z-]+:1\]", cleaned)
    for line in secret.splitlines():
        if "PRIVATE KEY" not in line:
            assert line[8:] not in cleaned
    assert redactor.text(cleaned) == cleaned


def test_logins_headers_queries_and_fields() -> None:
    redactor = Redactor()
    assert redactor.text("postgres://ann:hunter2x@db/x") == "postgres://ann:[redacted:login:1]@db/x"
    assert (
        redactor.text("https://h/?q=a&key=abc&page_token=b")
        == "https://h/?q=a&key=[redacted:key:1]&page_token=b"
    )
    assert (  # as it goes through a socket
        redactor.text("GET /?q=a&key=abc HTTP/1.1\r\nHost: h\r\n")
        == "GET /?q=a&key=[redacted:key:1] HTTP/1.1\r\nHost: h\r\n"
    )
    assert redactor.text("curl -H 'Authorization: Bearer abcdefgh12345678'").endswith(
        "Bearer [redacted:authorization:1]'"
    )
    assert redactor.headers([("X-Api-Key", "xyz"), ("accept", "*/*")]) == [
        ("X-Api-Key", "[redacted:x-api-key:1]"),
        ("accept", "*/*"),
    ]
    assert (
        redactor.named("cookie", "sid=0123456789; theme=dark") == "sid=[redacted:sid:1]; theme=dark"
    )
    assert redactor.named("password", "swordfish") == "[redacted:password:1]"
    assert redactor.named("token", "hello") == "hello"
    assert redactor.named("token", "a1b2c3d4e5f6g7h8") == "[redacted:token:1]"
    assert (
        redactor.text("DB_PASSWORD=abc123def456x\nLEVEL=3")
        == "DB_PASSWORD=[redacted:DB_PASSWORD:1]\nLEVEL=3"
    )
    assert redactor.text("API_KEY = os.environ['X']") == "API_KEY = os.environ['X']"


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Authorization", STRONG), ("proxy-authorization", STRONG), ("X-API-Key", STRONG),
        ("api_key", STRONG), ("apiKey", STRONG), ("OPENAI_API_KEY", STRONG), ("client_secret", STRONG),
        ("db_password", STRONG), ("access_token", STRONG), ("refreshToken", STRONG), ("Cookie", COOKIE),
        ("Set-Cookie", COOKIE), ("x-goog-api-key", STRONG), ("ocp-apim-subscription-key", STRONG),
        ("x-amz-security-token", STRONG), ("token", WEAK), ("github_token", WEAK), ("mcpToken", WEAK),
        ("max_tokens", NO), ("max_token", NO), ("page_token", NO), ("nextPageToken", NO),
        ("next_token", NO), ("continuation_token", NO), ("prompt_tokens", NO), ("completion_tokens", NO),
        ("eos_token", NO), ("tokens", NO), ("tokenizer", NO), ("signature", NO), ("key", NO),
        ("author", NO), ("content", NO), ("idempotency-key", NO), ("session_id", NO),
        ("mcp-session-id", NO), ("logprobs", NO), ("x" * 70 + "password", NO), ("secretary", NO),
    ],
)  # fmt: skip
def test_names(name: str, kind: int) -> None:
    assert kind_of_name(name) == kind


@pytest.mark.parametrize(
    ("name", "value", "secret"),
    [
        ("OPENAI_API_KEY", "abcdefgh1", True), ("AZURE_OPENAI_KEY", "0123456789abcdef", True),
        ("AWS_SECRET_ACCESS_KEY", "/abcd+efgh/ijkl/mnop", True), ("GH_TOKEN", "abcdefgh", True),
        ("PGPASSWORD", "hunter22", True), ("DB_PASS", "hunter22", True), ("PWD", "/home/ann/proj", False),
        ("OLDPWD", "/home/ann/proj", False), ("SSH_AUTH_SOCK", "/tmp/ssh-x/agent.1", False),
        ("GOOGLE_APPLICATION_CREDENTIALS", "/home/ann/key.json", False), ("OPENAI_BASE_URL", "https://api.x/v1", False),
        ("TOKENIZERS_PARALLELISM", "false", False), ("KEYBOARD_LAYOUT", "us-international", False),
        ("API_KEY", "short", False), ("MAX_TOKENS", "12345678", False), ("LANG", "en_US.UTF-8", False),
        ("AUTH_MODE", "disabled", False), ("XAUTHORITY", "/home/ann/.Xauthority", False),
    ],
)  # fmt: skip
def test_variables(name: str, value: str, secret: bool) -> None:
    assert secret_variable(name, value) is secret
    assert Redactor().is_secret(name, value) is secret


CLEAN = """
The disk-based task-runner (risk-free) asks basic questions about tokens: max_tokens=4096, top_p=0.9.
Bearer of bad news; see https://example.com/a?page=2&sort=asc#top and mailto:a@b.c or user@host:/path.
{"usage": {"prompt_tokens": 12, "completion_tokens": 3, "total_tokens": 15}, "id": "chatcmpl-9zXkQ1abcDEF",
 "system_fingerprint": "fp_44709d6fcb", "next_page_token": "CAUQAA1234567890", "tool_call_id": "call_a1B2c3D4e5"}
def token(self, key=None): return self.secrets.get(key)  # sk-learn, hf_hub, eyJ, xoxo, ghp_, AKIA
commit 3b18e512dba79e4c8300dd08aeb37f8e728b8dad; uuid 123e4567-e89b-12d3-a456-426614174000; 4.5 GB/s
KEY=value; for K in "$KEY="; export PATH_TOKEN=path; password: please; -----BEGIN CERTIFICATE-----
"""


def test_ordinary_text_is_left_alone() -> None:
    assert Redactor().text(CLEAN) == CLEAN
    tree = {
        "max_tokens": 5, "page_token": "abcdefgh12345678abcdefgh", "token": "Hello", "signature": "EqoB" * 40,
        "logprobs": [{"token": " the", "logprob": -0.1}], "pairs": [["secret", "garden"], ["token", "ring"]],
        "tool": {"properties": {"password": {"type": "string"}}}, "secret": None, "api_key": "",
    }  # fmt: skip
    cleaner = Cleaner(Redactor(), Roots({}))
    assert cleaner.tree(tree) == tree


ENV = {
    "OPENAI_API_KEY": f"sk-proj-{word(60)}",
    "AZURE_OPENAI_KEY": word(32, "0123456789abcdef"),
    "COPY_OF_KEY": "",
    "WEIRD_SECRET": 'quo"te\\slash und ümlaut/1?',
    "SERVICE_CREDENTIALS": '{"a": "b",\n "private": "0123456789abcdefghij"}',
    "DATABASE_URL": "postgres://ann:hunter22@db:5432/x",
    "LANG": "en_US.UTF-8",
}
ENV["COPY_OF_KEY"] = ENV["OPENAI_API_KEY"]


def encodings(value: str) -> list[str]:
    data = value.encode()
    return [
        value,
        urllib.parse.quote(value, safe=""),
        urllib.parse.quote_plus(value),
        base64.b64encode(data).decode(),
        base64.urlsafe_b64encode(data).decode(),
        dumps(value)[1:-1] if value.isascii() else value,
    ]


@pytest.mark.parametrize("name", ["OPENAI_API_KEY", "AZURE_OPENAI_KEY", "WEIRD_SECRET"])
def test_variables_in_every_coding(name: str) -> None:
    redactor = Redactor(ENV, b"salt")
    wanted = "COPY_OF_KEY" if name == "OPENAI_API_KEY" else name
    for coded in encodings(ENV[name]):
        cleaned = redactor.text(f"<{coded}>")
        assert re.fullmatch(rf"<\[redacted:{wanted}:1\]=*>", cleaned)


def test_lines_of_a_variable_of_many_lines() -> None:
    cleaned = Redactor(ENV).text(' "private": "0123456789abcdefghij"}')
    assert cleaned == "[redacted:SERVICE_CREDENTIALS:1]"


def test_extra_values() -> None:
    assert Redactor(extra={"house": "am See 7"}).text("am See 7!") == "[redacted:house:1]!"


@pytest.mark.parametrize("name", [name for name in ENV if name != "LANG"])
def test_stand_in(name: str) -> None:
    value = ENV[name]
    recording, replay = Redactor(ENV, b"salt"), Redactor({}, b"salt")
    stored = loads(dumps(recording.stored(name, value)))
    served, shown = replay.serve(stored)
    assert len(served) == len(value)
    assert served != value
    assert served == Redactor(ENV, b"salt").stand_in(name, value)
    assert served != Redactor(ENV, b"other").stand_in(name, value)
    assert recording.text(f"key {value}") == replay.text(f"key {served}") == f"key {shown}"
    coded = base64.b64encode(value.encode()).decode().rstrip("=")
    if "DATABASE" not in name and value.isascii():
        again = base64.b64encode(served.encode()).decode().rstrip("=")
        assert recording.text(coded) == replay.text(again)
    assert value not in dumps(stored)


def test_stand_ins_look_like_the_real_one() -> None:
    redactor = Redactor({}, b"s")
    made = redactor.stand_in("OPENAI_API_KEY", ENV["OPENAI_API_KEY"])
    assert made.startswith("sk-proj-")
    assert made[8:].isalnum()
    assert set(redactor.stand_in("A_KEY", "0123456789abcdef")) <= set("0123456789abcdef")
    made = redactor.stand_in("B_KEY", "123e4567-e89b-12d3-a456-426614174000")
    assert [made[i] for i in (8, 13, 18, 23)] == ["-"] * 4
    made = redactor.stand_in("DATABASE_URL", ENV["DATABASE_URL"])
    assert made.startswith("postgres://ann:")
    assert made.endswith("@db:5432/x")
    for alphabet, value in {
        "digits": "12345", "hex": "12ab", "HEX": "12AB", "lower": "1xyz", "UPPER": "1XYZ",
        "letters": "1xYZ", "url": "a-B_", "base64": "a+/=B",
    }.items():  # fmt: skip
        assert standins.describe(value)["alphabet"] == alphabet
    assert standins.describe("ä ")["alphabet"] == "url"


def test_two_variables_with_one_value_are_one_secret() -> None:
    recording, replay = Redactor(ENV, b"salt"), Redactor({}, b"salt")
    served = [
        replay.serve(recording.stored(name, ENV[name]))[0]
        for name in ("OPENAI_API_KEY", "COPY_OF_KEY")
    ]
    assert served[0] == served[1]


# -- the same numbers in both modes ------------------------------------------------------------

HOME = Roots({"code": "/home/ann/proj", "home": "/home/ann"})
AWAY = Roots({"code": "/srv/proj", "home": "/root"})
secrets = st.sampled_from([PLANTED[kind] for kind in ("openai", "aws", "github", "jwt")] + [
    "a1b2c3d4e5f6g7h8", "hunter2", "swordfish", "0123456789abcdef", "sid-0123456789"
])  # fmt: skip
got_secrets = st.sampled_from(
    [
        f"ghp_{word(36)}",
        f"eyJ{word(30)}.eyJ{word(60)}.{word(43)}",
        word(24),
        "h4ppy-horse",
        "letters",
        "3f9a",
    ]
)
shapes = st.sampled_from(
    [
        lambda s: {"access_token": s},
        lambda s: {"headers": [["authorization", f"Bearer {s}"], ["x-api-key", s]]},
        lambda s: {"headers": [[b"Authorization", f"Basic {s}".encode()]]},
        lambda s: {"content": f"the key is {s}, keep it"},
        lambda s: {"password": s, "refresh_token": [s, s]},
        lambda s: [["set-cookie", f"sid={s}; Path=/; HttpOnly"], ["cookie", f"a={s}; b=dark"]],
        lambda s: {"url": f"https://h/p?access_token={s}&n=1", "path": "/home/ann/proj/x"},
        lambda s: ("tuple", b"\xff" + s.encode()),
    ]
)
STEPS = st.lists(
    st.tuples(st.just("request"), secrets, shapes)
    | st.tuples(st.just("answer"), got_secrets, shapes)
    | st.tuples(st.sampled_from(["env", "again", "echo"]), secrets, shapes),
    min_size=1,
    max_size=8,
)


@settings(max_examples=300, deadline=None)
@given(STEPS)
def test_a_replay_cleans_to_the_same_text(steps: list[tuple[str, str, Any]]) -> None:
    """A program asks with secrets of its own, gets secrets, and sends on what it got.

    The recording cleans real values; the replay serves what was stored and cleans what the
    program makes of it.
    """
    recording = Cleaner(Redactor(ENV, b"salt"), HOME)
    replay = Cleaner(Redactor({}, b"salt"), AWAY)
    recorded_got: Any = None
    replayed_got: Any = None
    for kind, secret, shape in steps:
        if kind == "request":
            stored = recording.tree(codec.encode(shape(secret)))
            request = loads(
                dumps(codec.encode(shape(secret))).replace("/home/ann/proj", "/srv/proj")
            )
            assert dumps(replay.tree(request)) == dumps(stored)
        elif kind == "answer" or (kind == "echo" and secret in recording.redactor._known):
            recorded_got = codec.encode(shape(secret))
            stored = loads(dumps(recording.tree(recorded_got)))
            replayed_got = codec.encode(codec.decode(replay.localize(stored)))
        elif kind == "env":
            stored = loads(dumps(recording.environment("OPENAI_API_KEY", ENV["OPENAI_API_KEY"])))
            recorded_got = {"headers": [["authorization", f"Bearer {ENV['OPENAI_API_KEY']}"]]}
            key = replay.localize(stored)
            replayed_got = {"headers": [["authorization", f"Bearer {key}"]]}
        elif kind == "again" and recorded_got is not None:
            assert dumps(replay.tree(replayed_got)) == dumps(recording.tree(recorded_got))


def test_a_secret_of_the_programs_own_that_an_answer_showed_first() -> None:
    recording, replay = Cleaner(Redactor(), HOME), Cleaner(Redactor(), AWAY)
    answer = recording.tree({"access_token": "a1b2c3d4e5f6g7h8"})
    replay.localize(answer)
    request = {"headers": [["x-api-key", "a1b2c3d4e5f6g7h8"]]}
    stored, again = recording.tree(request), replay.tree(request)
    assert stored != again
    assert signature("http", stored) == signature("http", again)
    assert signature("http", stored) != signature("http", {"headers": [["x-api-key", "[redacted"]]})


def test_a_placeholder_in_a_text_takes_its_number() -> None:
    for redactor in (Redactor(), Redactor()):
        redactor.text("see [redacted:aws:4] there")
        assert redactor.text(PLANTED["aws"]) == "[redacted:aws:5]"


def test_aside_gives_no_numbers() -> None:
    cleaner = Cleaner(Redactor(), Roots({}))
    aside = cleaner.aside()
    assert aside.text(PLANTED["aws"]) == "[redacted:aws:0]"
    assert aside.text("[redacted:aws:9]") == "[redacted:aws:9]"
    assert cleaner.text(PLANTED["aws"]) == "[redacted:aws:1]"
    assert aside.text(PLANTED["aws"]) == "[redacted:aws:1]"


def test_what_was_recognised_once_is_known_everywhere() -> None:
    redactor = Redactor()
    redactor.named("access_token", "a1b2c3d4e5f6")
    assert redactor.text("got a1b2c3d4e5f6!") == "got [redacted:access_token:1]!"
    redactor.named("password", "assistant")
    assert redactor.text("assistant") == "assistant"
    for number in range(100):
        redactor.named("api_key", f"key-number-{number:04}")
    assert len(redactor.exact) < 500


@pytest.mark.parametrize("rule", RULES, ids=[f"{n}-{rule[0]}" for n, rule in enumerate(RULES)])
def test_no_rule_is_slow(rule: tuple[str, tuple[str, ...], str]) -> None:
    name, literals, _ = rule
    redactor = Redactor()
    for filler in (
        "a",
        "A ",
        literals[0],
        f"{literals[0]}a",
        "-----BEGIN PRIVATE KEY-----",
        "://a:",
        "eyJa.",
        "\n",
    ):
        probe = literals[0] + filler * (100_000 // len(filler))
        began = time.perf_counter()
        redactor.text(probe)
        assert time.perf_counter() - began < 1.5, (name, filler)


def test_looks_random() -> None:
    assert looks_random("a1b2c3d4e5f6")
    for value in (
        "short1",
        "onlyletters",
        "123456789012",
        "has space 12 ab",
        "f(x1)+g(y2)zz",
        "a1" * 5000,
    ):
        assert not looks_random(value)
