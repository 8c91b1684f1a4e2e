"""The codes of the alarms that the centre raises itself."""

from enum import StrEnum


class CentreAlarm(StrEnum):
    """What the centre itself finds wrong with a terminal's log; `alarm-…` in the catalogs."""

    FORK = "fork"
    """Two events claim one place of an epoch."""
    LOG_SHORTENED = "log_shortened"
    """The log goes on from before what the centre was told of."""
    LOG_TWINS = "log_twins"
    """Two epochs follow the same one."""
    SESSION_TAKEN_OVER = "session_taken_over"
    """Another device speaks with its certificate."""
