"""`python -m agentrr_sandbox`: the command `agentrr`."""

from __future__ import annotations

import sys

from agentrr_sandbox.entry import main

if __name__ == "__main__":
    sys.exit(main())
