from __future__ import annotations

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from agentrr_sandbox.recording.cleaning import Cleaner
from agentrr_sandbox.recording.holding import Holding, divided
from agentrr_sandbox.recording.redaction import Redactor
from agentrr_sandbox.recording.roots import Roots

ENV = {"OPENAI_API_KEY": "sk-proj-" + "Zk3vQ9xLw7Rt2BnY" * 3, "SHARED_SECRET": "am See 7, links"}
PEM = "-----BEGIN RSA PRIVATE KEY-----\n" + "Ab3/" * 16 + "\n-----END RSA PRIVATE KEY-----\n"
SECRETS = [
    *ENV.values(),
    "ghp_" + "a1B2" * 9,
    '{"password": "correct horse battery"}',
    "Authorization: Bearer abcdefghijkl123456",
    "https://u:pa55w0rd@h/?api_key=zz11&x=1",
    "DB_PASSWORD=hunter22x",
    PEM,
    PEM.replace("\n", "\\n"),
]
PLAIN = ["hello", "the key", "\n", '{"a": [2]}', "data: x\n\n", "/home/ann/proj/x", "\xe4"]
PARTS = [
    b"Zk3vQ9xL",
    b"See 7",
    b"a1B2a1B2",
    b"horse",
    b"ijkl12",
    b"5w0rd",
    b"zz11",
    b"ter22",
    b"3/Ab3",
]


def cleaner() -> Cleaner:
    return Cleaner(Redactor(ENV, b"s"), Roots({"code": "/home/ann/proj"}))


def through(pieces: list[bytes], clean: Cleaner) -> list[bytes]:
    """Return the pieces as they are served: stored, and what came late appended."""
    holding = Holding(clean)
    served: list[bytes] = []
    for number, piece in enumerate(pieces):
        own, tail, late = holding.feed(piece)
        for of, data in late:
            served[of] += data
        served.append(own)
        if tail:
            holding.keep(number, tail)
    for of, data in holding.rest():
        served[of] += data
    return served


@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.sampled_from(PLAIN + SECRETS), min_size=1, max_size=7),
    st.lists(st.integers(1, 40), min_size=1, max_size=8),
)
def test_cut_anywhere_it_is_clean_as_it_is_whole(texts: list[str], sizes: list[int]) -> None:
    text = " ".join(texts).encode()
    pieces: list[bytes] = []
    while text:
        size = sizes[len(pieces) % len(sizes)]
        pieces.append(text[:size])
        text = text[size:]
    served = through(pieces, cleaner())
    whole = b"".join(served)
    wanted = cleaner().bytes(b"".join(pieces))
    assert re.sub(rb":\d+\]", b"]", whole) == re.sub(rb":\d+\]", b"]", wanted)
    assert not [part for part in PARTS if part in whole]
    if wanted == b"".join(pieces):
        assert served == pieces


def test_an_event_that_is_whole_is_not_held_back() -> None:
    own, tail, late = Holding(cleaner()).feed(b'data: {"token": "a"}\n\n')
    assert (own, tail, late) == (b'data: {"token": "a"}\n\n', b"", [])


def test_a_piece_within_a_secret_is_not_empty() -> None:
    served = through([b"pass", b"word=hun", b"ter", b"22 \n"], cleaner())
    assert all(served)
    assert b"".join(served) == b"password=[redacted:password:1] \n"


def test_what_is_too_long_is_let_go() -> None:
    own, tail, _ = Holding(cleaner()).feed(b"-----BEGIN PRIVATE KEY-----" + b"A" * 30_000)
    assert own.startswith(b"[redacted:private-key:1]")
    assert tail == b""


def test_parts_without_an_alignment_keep_the_whole() -> None:
    assert b"".join(divided(b"abcdef", b"x[redacted:a:1]y", [2, 4, 6])) == b"x[redacted:a:1]y"
