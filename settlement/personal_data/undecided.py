"""What can still wait of a person; pure."""

from enum import StrEnum


class Undecided(StrEnum):
    """What still has to happen before somebody is erased; `undecided-…` in the catalogs."""

    ACCOUNT = "account"
    STAFF = "staff"
    EVIDENCE = "evidence"
    STAYS = "stays"
    HOURS = "hours"
    RECORDS = "records"
    OBJECTIONS = "objections"
    TRANSFERS = "transfers"
    GIFTS = "gifts"
    CERTIFICATES = "certificates"
    STARS = "stars"
