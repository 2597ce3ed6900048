"""The `agentrr` command of this checkout, for tests that run it as a process of its own."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "hooks")]

from agentrr_sandbox.entry import main  # noqa: E402 - the path comes first

if __name__ == "__main__":
    sys.argv[0] = "agentrr"
    sys.exit(main())
