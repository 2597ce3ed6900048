"""Cut at every byte, flip every bit, and mutants by the hundred thousand.

A small share in every test run, all of it with `AGENTRR_NIGHTLY=1`; `AGENTRR_SEED` repeats.
"""

from __future__ import annotations

import io
import os
import random
import time
from typing import Any

import pytest
from forge import END, EXIT, bodies, chained, mark, recording

from agentrr_sandbox.errors import RecordingDamaged
from agentrr_sandbox.recording import reads
from agentrr_sandbox.recording.jsontext import dumps
from agentrr_sandbox.recording.reader import Verifier

pytestmark = pytest.mark.once

NIGHTLY = bool(os.environ.get("AGENTRR_NIGHTLY"))
SHARDS, MUTANTS = (20, 10_000) if NIGHTLY else (1, 3_000)
STEP = 1 if NIGHTLY else 13
FIRST = int(os.environ.get("AGENTRR_SEED", "0")) or random.SystemRandom().randrange(10**6)
SLOWEST = 2.0

LANE = {"lane": "main"}
CALL = {**LANE, "n": 0, "call": "http.request", "sig": "0" * 32}
EVENTS: list[dict[str, Any]] = [
    {"t": "source", "path": "[root:code]/a.py", "sha256": "0" * 64, "text": "print(1)\n"},
    {"t": "facts", "facts": {"env:HOME": "[root:home]", "x": {"$": "i", "v": "0x100"}}},
    {
        "t": "reads",
        **LANE,
        "ring": 1,
        "runs": [
            ["time.time", "user", "f", True, reads.pack("f", [1.5, 1.75, -2.0])],
            ["random", "lib", "i", False, reads.pack("i", [7, -9, 1 << 62])],
            ["x", "lib", "v", True, [{"$": "t", "v": [1]}]],
        ],
    },
    {"t": "value", "v": "a text that is stored once"},
    {"t": "list", "base": None, "keep": 0, "add": [{"$": "@", "seq": 4}, {"a": [1, {}]}]},
    {"t": "intent", **CALL, "request": {"body": {"$": "@", "seq": 5}}},
    {"t": "head", "of": 6, **LANE, "ok": {"status": 200}, "dur": 5},
    {"t": "piece", "of": 6, **LANE, "ok": {"$": "bt", "v": "data: 1\n\n"}},
    {"t": "end", "of": 6, **LANE, "how": "end", "dur": 9},
    {"t": "output", "fd": 1, "n": 0, "text": "done\n"},
    mark(1),
    EXIT,
    END,
]
WHOLE = recording(*EVENTS)
LINES = WHOLE.splitlines(keepends=True)
BODIES = bodies(*EVENTS)


def verified(data: bytes) -> tuple[list[dict[str, Any]], int]:
    """Return the events of *data* and the length of a torn line; raises only what it may."""
    verifier = Verifier()
    events = list(verifier.events(io.BytesIO(data)))
    return events, verifier.torn


ALL, _ = verified(WHOLE)


@pytest.mark.nightly
def test_cut_at_every_byte() -> None:
    """Either it is no recording yet, or it holds every whole line and says what is torn."""
    header = len(LINES[0])
    for cut in range(len(WHOLE)):
        if cut < header:
            with pytest.raises(RecordingDamaged) as caught:
                verified(WHOLE[:cut])
            assert caught.value.code in ("empty", "not-a-recording")
            continue
        events, torn = verified(WHOLE[:cut])
        whole = WHOLE[:cut].count(b"\n")
        assert events == ALL[:whole]
        assert torn == cut - (WHOLE[:cut].rindex(b"\n") + 1)


@pytest.mark.nightly
@pytest.mark.parametrize("shard", range(8))
def test_flip_every_bit(shard: int) -> None:
    """Found, each one, with its line; a last line feed that is gone is a torn line."""
    data = bytearray(WHOLE)
    starts = [0]
    for line in LINES:
        starts.append(starts[-1] + len(line))
    for place in range(shard, len(data), 8 * STEP):
        number = sum(start <= place for start in starts)
        for bit in range(8):
            data[place] ^= 1 << bit
            if place == len(data) - 1:
                events, torn = verified(bytes(data))
                assert (events, torn) == (ALL[:-1], len(LINES[-1]))
            else:
                with pytest.raises(RecordingDamaged) as caught:
                    verified(bytes(data))
                assert caught.value.line in (number, 1)
            data[place] ^= 1 << bit


TOKENS = [
    *("{", "}", "[", "]", ",", ":", '"', "\\", "null", "true", "NaN", "-Infinity", "1e999", "-0"),
    *("9" * 30, "9" * 5000, "[" * 300, '{"a":' * 300, '"\\ud800"', "\u00e9", "\x00", "\n", "\r"),
    *('"seq":0', '"t":"run.end"', '"t":"run.start"', '"of":99', '"of":-1', '"of":true', "1.5"),
    *('"v":{"$":"@","seq":99}', '"runs":[[]]', '"fd":"1"', '"format":"agentrr/2"', '"h":""', ""),
]


def mutated(chance: random.Random, texts: list[str]) -> list[str]:
    """Return *texts* with one to three changes."""
    texts = list(texts)
    for _ in range(chance.randint(1, 3)):
        if not texts:
            break
        at = chance.randrange(len(texts))
        text = texts[at]
        place = chance.randrange(len(text) + 1)
        match chance.randrange(8):
            case 0:
                del texts[at]
            case 1:
                texts.insert(chance.randrange(len(texts)), text)
            case 2:
                other = chance.randrange(len(texts))
                texts[at], texts[other] = texts[other], text
            case 3:
                texts[at] = text[:place] + chance.choice(TOKENS) + text[place:]
            case 4:
                texts[at] = text[:place] + text[place + chance.randint(1, 30) :]
            case 5:
                texts[at] = text[:place] + chr(chance.randrange(256)) + text[place + 1 :]
            case 6:
                texts[at] = text[:place]
            case _:
                other_text = chance.choice(texts)
                texts[at] = text[:place] + other_text[chance.randrange(len(other_text) + 1) :]
    return texts


def judged(data: bytes) -> None:
    """Verify *data*, and use what was found good as a replay does."""
    began = time.perf_counter()
    try:
        events, _ = verified(data)
    except RecordingDamaged as error:
        assert error.code
        assert error.line is not None
        assert len(error.message) < 400
    else:
        for number, event in enumerate(events):
            assert event["seq"] == number
            dumps(event)
            if event["t"] == "reads":
                for run in event["runs"]:
                    reads.unpack(run[2], run[4])
    assert time.perf_counter() - began < SLOWEST


@pytest.mark.nightly
@pytest.mark.parametrize("forged", [False, True], ids=["plain", "hashes forged again"])
@pytest.mark.parametrize("shard", range(SHARDS))
def test_mutants(shard: int, forged: bool) -> None:
    lines = [line.decode("ascii") for line in LINES]
    for turn in range(MUTANTS // 2):
        seed = FIRST + shard * MUTANTS + turn
        chance = random.Random(seed)
        try:
            if forged:
                judged(chained([text or "{}" for text in mutated(chance, BODIES)]))
            else:
                judged("".join(mutated(chance, lines)).encode("utf-8", "surrogatepass"))
        except BaseException as error:
            error.add_note(f"AGENTRR_SEED={seed}")
            raise
