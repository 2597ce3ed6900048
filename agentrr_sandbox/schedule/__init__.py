"""Concurrency that replays: what wakes a strand is delivered at a recorded place, in both modes."""
