"""How large the centre is that the pages are measured at."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Size:
    """Rows of the whole centre. `clean` are the entries of one activity that an approval in bulk takes.

    About one line in 85 waits for a review; `today` people came today, half of whom are still here.
    """

    volunteers: int
    lines: int
    sites: int
    activities: int
    organisations: int
    today: int
    clean: int
    audit: int
    epochs: int
    """Of each terminal's log."""


SIZES = {
    "full": Size(590_000, 8_000_000, 500, 5_000, 521, 40_000, 5_000, 1_000_000, 30),
    "small": Size(20_000, 240_000, 50, 500, 60, 2_000, 5_000, 20_000, 30),
}
