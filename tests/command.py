"""The `agentrr` command of this checkout, for tests that run it as a process of its own."""

from __future__ import annotations

import os
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path[:0] = [ROOT, os.path.join(ROOT, "hooks")]

from agentrr_sandbox.entry import main  # noqa: E402 - the path comes first

if __name__ == "__main__":
    sys.argv[0] = "agentrr"
    sys.exit(main())
