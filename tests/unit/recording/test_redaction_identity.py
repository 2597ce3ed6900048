from __future__ import annotations

from agentrr_sandbox.recording.redaction import Redactor
from agentrr_sandbox.recording.redaction_identity import Identity

A, B, C = "[redacted:A_KEY:1]", "[redacted:B_KEY:1]", "[redacted:openai:1]"


def test_what_was_served_must_come_back_under_its_name() -> None:
    identity = Identity()
    identity.serve(A)
    assert identity.alike(f"x {A}", f"x {A}")
    assert not identity.alike(f"x {B}", f"x {A}")
    assert not identity.alike(f"x {A}", f"y {A}")
    assert not identity.alike("x [redacted]", "x")


def test_a_secret_that_the_program_holds_stands_for_one_and_no_other() -> None:
    identity = Identity()
    identity.give(C, derived=False)
    assert identity.alike(f"{A} {A}", f"{C} {C}")
    assert not identity.alike(B, C)
    identity.serve(A)
    assert identity.alike(A, A)
    assert identity.alike(A, C)


def test_what_is_made_of_a_secret_is_not_that_secret() -> None:
    identity = Identity()
    identity.serve(A)
    identity.give(C, derived=True)
    assert not identity.alike(A, C)
    assert identity.alike(B, C)


def test_where_nothing_can_be_told_nothing_differs() -> None:
    identity = Identity()
    identity.serve(A)
    identity.give(A, derived=False)
    assert identity.alike(B, A)
    assert identity.alike("[redacted:x:0]", B)
    assert identity.alike(B, "[redacted:x:0]")
    assert identity.same(A, f"{A} {B}")


def test_a_redactor_tells_what_it_served_and_what_it_met() -> None:
    recording, replay = Redactor({"A_KEY": "0123456789abcdef"}), Redactor()
    served, shown = replay.serve(recording.stored("A_KEY", "0123456789abcdef"))
    assert shown == A
    whole, made = replay.named("x-api-key", served), replay.named("x-api-key", f"x{served}")
    other = replay.named("x-api-key", "fedcba9876543210")
    same = replay.identity.alike
    assert whole == A
    assert not same(A, made)
    assert not same(B, whole)
    assert same(B, other)
    replay.served("[redacted:c:1]")
    assert not same("[redacted:d:1]", "[redacted:c:1]")
    again = replay.named("x-api-key", "pre-[redacted:c:1]")
    assert not same("[redacted:c:1]", again)
