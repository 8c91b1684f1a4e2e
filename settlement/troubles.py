"""What can be wrong at the centre besides the rules: settings, files, printing of badges, messages."""

from enum import StrEnum


class CentreTrouble(StrEnum):
    """The codes of `error-…` in the catalogs for the centre."""

    BADGE_CODE_TOO_LONG = "badge_code_too_long"
    BADGE_CODE_UNREADABLE = "badge_code_unreadable"
    NOTHING_ENTERED = "nothing_entered"

    NO_BOARD_OF_YEAR = "no_board_of_year"
    NO_DATE = "no_date"
    NO_EVENT_HERE = "no_event_here"
    NO_NOTICE_HERE = "no_notice_here"
    NO_PAGE = "no_page"
    NO_RECORD_HERE = "no_record_here"
    NO_SITE_HERE = "no_site_here"
    NO_SITE_YET = "no_site_yet"
    PAGE_FAILED = "page_failed"
