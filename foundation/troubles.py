"""What can be wrong with what everything stands on: files of settings, and the clock of a demo."""

from enum import StrEnum


class FileTrouble(StrEnum):
    """The codes of `error-…` in the catalogs for files that somebody wrote."""

    SETTINGS_MISSING = "settings_missing"
    SETTINGS_FORBIDDEN = "settings_forbidden"
    FILE_NOT_READ = "file_not_read"
    FILE_NOT_READABLE = "file_not_readable"
    FILE_NOT_ENCODED = "file_not_encoded"
    FILE_OTHER_SIGN = "file_other_sign"
    FILE_HIDDEN_SIGN = "file_hidden_sign"
    FILE_NOT_WRITTEN = "file_not_written"
    SETTING_UNKNOWN = "setting_unknown"
    SETTING_WRONG = "setting_wrong"
    SETTINGS_WRONG = "settings_wrong"
    IN_FILE = "in_file"
    SHARED_CLOCK_UNOPENED = "shared_clock_unopened"
