"""Every error of agentrr, on one screen.

    Exception
      AgentrrError              one sentence for a person, an optional hint, an exit code
        UsageError              2    the command line or the configuration is wrong
        RecordingDamaged        65   not a recording, or damaged in the middle
        RecordingNotFound       66   no recording of that name
        InternalFault           70   our own fault
        CannotRecord            74   the recording could not be created or written
        CannotReplay            125  another Python, a missing package, a concurrent stretch
        GuardMissing            77   the guard that was required is not to be had here
        Unencodable             a value that the codec cannot store
        Undecodable             a stored value that cannot be restored here
    BaseException
      Halt                      ends the agent; its own `except Exception` must not swallow it
        DivergenceError         76   the run is not the recorded one
        SealViolation           77   a replay tried to leave
        RecordingStopped        74   an answer could not be written: the agent stops
        ReplayStopped           0    the end of what was recorded, or of what can be served

Exit codes are sysexits(3) where one fits, and `git bisect run`'s 125 for "cannot be judged here".
"""

from __future__ import annotations

EX_USAGE = 2
EX_DAMAGED = 65
EX_NO_RECORDING = 66
EX_INTERNAL = 70
EX_CANNOT_RECORD = 74
EX_DIVERGED = 76
EX_SEALED = 77
EX_CANNOT_REPLAY = 125


class AgentrrError(Exception):
    """What went wrong, in one sentence; *hint* says what to do about it."""

    exit_code = EX_INTERNAL
    slug = "internal"

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UsageError(AgentrrError):
    """The command line or the configuration is wrong."""

    exit_code = EX_USAGE
    slug = "usage"


class RecordingDamaged(AgentrrError):
    """The file is not a recording, or is damaged; *code* is a stable short name for the damage."""

    exit_code = EX_DAMAGED
    slug = "damaged"

    def __init__(
        self, message: str, *, code: str = "damaged", line: int | None = None, hint: str = ""
    ) -> None:
        super().__init__(message, hint=hint)
        self.code = code
        self.line = line


class RecordingNotFound(AgentrrError):
    """No recording of that name."""

    exit_code = EX_NO_RECORDING
    slug = "not-found"


class InternalFault(AgentrrError):
    """A fault of agentrr itself."""


class CannotRecord(AgentrrError):
    """The recording could not be created, or not be written on."""

    exit_code = EX_CANNOT_RECORD
    slug = "cannot-record"


class CannotReplay(AgentrrError):
    """The recording is whole, but cannot be replayed here."""

    exit_code = EX_CANNOT_REPLAY
    slug = "cannot-replay"


class GuardMissing(AgentrrError):
    """The guard that was required is not to be had here."""

    exit_code = EX_SEALED
    slug = "guard-missing"


class Unencodable(AgentrrError):
    """A value that the codec cannot store exactly."""

    exit_code = EX_CANNOT_RECORD
    slug = "unencodable"


class Undecodable(AgentrrError):
    """A stored value that cannot be restored here."""

    exit_code = EX_CANNOT_REPLAY
    slug = "undecodable"


class Halt(BaseException):
    """Ends the agent.  A BaseException, so that `except Exception: retry` does not swallow it."""

    exit_code = EX_INTERNAL


class DivergenceError(Halt):
    """The first crossing that is not the recorded one.

    *report* is plain data (see `matching.Divergence.as_dict`), so that it can leave the process.
    """

    exit_code = EX_DIVERGED

    def __init__(self, message: str, report: dict[str, object] | None = None) -> None:
        super().__init__(message)
        self.report: dict[str, object] = report or {}


class SealViolation(Halt):
    """A replay tried to leave: a connection, a process, a write outside the scratch folder."""

    exit_code = EX_SEALED


class RecordingStopped(Halt):
    """An answer could not be written, so the agent does not get it."""

    exit_code = EX_CANNOT_RECORD


class ReplayStopped(Halt):
    """Replay can go no further, without a divergence.

    Either the recording was cut short and its last event has been served, or what comes next
    cannot be served exactly (*exit_code* 125).
    """

    exit_code = 0

    def __init__(self, message: str, *, exit_code: int = 0) -> None:
        super().__init__(message)
        self.exit_code = exit_code
