"""S19: stars for approved hours."""

from collections.abc import Sequence


def stars(approved_s: int, thresholds_h: Sequence[int]) -> int:
    """How many stars: the place of the highest threshold (hours, rising) that was reached; 0 for none."""
    return sum(approved_s >= hours * 3600 for hours in thresholds_h)


def needs_star_review(before_s: int, after_s: int, thresholds_h: Sequence[int]) -> bool:
    """Whether an adjustment took approved time below a star that was reached (STAR_REVIEW).

    A person then decides; nothing is withdrawn by itself.
    """
    return stars(after_s, thresholds_h) < stars(before_s, thresholds_h)
