"""rr for AI agents: record an agent's run once; replay it exactly, offline.

The command `agentrr` needs no import.  For those who have a callable: `record`, `replay`, `step`.
Names are resolved on first use, so that importing this package costs the agent nothing.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from agentrr_sandbox.embedding import Recorded, Report, record, replay, step
    from agentrr_sandbox.errors import AgentrrError, DivergenceError

__version__ = "0.1.0"
__all__ = [
    "AgentrrError",
    "DivergenceError",
    "Recorded",
    "Report",
    "record",
    "replay",
    "step",
]


def __getattr__(name: str) -> object:
    if name in ("AgentrrError", "DivergenceError"):
        from agentrr_sandbox import errors

        return getattr(errors, name)
    if name in __all__:
        from agentrr_sandbox import embedding

        return getattr(embedding, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
