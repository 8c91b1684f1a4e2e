"""The centre's settings about people: how they log in, object and are reported, and how long what is kept."""

from enum import StrEnum
from typing import Annotated

from msgspec import Meta, Struct


class SecondFactorFrom(StrEnum):
    """From which level of accounts on a log-in needs a one-time code besides the password."""

    NOBODY = "nobody"
    SUPER = "super"
    SENIOR = "senior"
    MIDDLE = "middle"
    ORDINARY = "ordinary"
    VOLUNTEER = "volunteer"


class AccountSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """How people log in at the pages, and programs at the API."""

    session_hours: Annotated[int, Meta(ge=1, le=168)] = 12
    invitation_days: Annotated[int, Meta(ge=1, le=60)] = 7
    shortest_password: Annotated[int, Meta(ge=8, le=64)] = 12
    second_factor_from: SecondFactorFrom = SecondFactorFrom.ORDINARY
    longest_token_days: Annotated[int, Meta(ge=1, le=3660)] = 366
    calls_per_minute: Annotated[int, Meta(ge=1, le=100_000)] = 120


class ReviewSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """Decisions on hours at the pages: for so long they can be undone, and are posted then; 0: at once."""

    undo_minutes: Annotated[int, Meta(ge=0, le=60)] = 5


class DisputeSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """Objections of volunteers to their hours (Order 67, Art. 13)."""

    answer_days: Annotated[int, Meta(ge=0, le=366)] = 10


class RatingSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """Links by which somebody without an account rates service, once: for so many days they hold."""

    link_days: Annotated[int, Meta(ge=1, le=366)] = 30


class ReportSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """What reports tell to others, and from how many rows on a file of one is made in the background."""

    smallest_group: Annotated[int, Meta(ge=5)] = 5
    at_once_rows: Annotated[int, Meta(ge=200, le=100_000)] = 5000
    keep_hours: Annotated[int, Meta(ge=1, le=720)] = 24


KeptDays = Annotated[int, Meta(ge=0, le=36_500)]
_LEAST_INACTIVE_DAYS = 400


class RetentionSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """For how many days what is kept of people beside their hours stays; 0: for ever.

    `inactive_days` are those after the last trace of a volunteer, who is then erased.
    """

    quarantine_days: KeptDays = 180
    refused_enrolments_days: KeptDays = 180
    codes_days: KeptDays = 30
    invitations_days: KeptDays = 30
    earlier_values_days: KeptDays = 1095
    inactive_days: KeptDays = 0

    def __post_init__(self) -> None:
        if 0 < self.inactive_days < _LEAST_INACTIVE_DAYS:
            raise ValueError(
                f"inactive_days must be 0 or at least {_LEAST_INACTIVE_DAYS}: whoever comes once a year "
                "would be erased for ever"
            )
