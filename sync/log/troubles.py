"""What can be wrong with a terminal's log."""

from enum import StrEnum


class LogTrouble(StrEnum):
    """The codes of `error-…` in the catalogs for the log."""

    LOG_CHAIN_BROKEN = "log_chain_broken"
    LOG_DAMAGED = "log_damaged"
    LOG_DISK_FULL = "log_disk_full"
    LOG_END_BROKEN = "log_end_broken"
    LOG_HELD = "log_held"
    LOG_MISSING = "log_missing"
    LOG_NEWER = "log_newer"
    LOG_NOT_OPENED = "log_not_opened"
    LOG_NOT_SALVAGED = "log_not_salvaged"
    LOG_NOT_WRITTEN = "log_not_written"
    LOG_OTHER_TERMINAL = "log_other_terminal"
    LOG_TORN = "log_torn"
    LOG_TORN_IN_USE = "log_torn_in_use"
    LOG_WAL_TORN = "log_wal_torn"
