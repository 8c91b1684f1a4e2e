"""What was rejected before, in words."""

from foundation.words import Words
from settlement.review.rejected_before import RejectedBefore
from settlement.rules.hours import display_hours


def told_rejection(found: RejectedBefore, words: Words) -> str:
    """By whom and why an earlier result was rejected, who took that back, and what is new since."""
    said = {"entry": str(found.entry), "by": found.by, "why": found.note, "new": display_hours(found.new_s)}
    if found.reopened_by:
        return words.say("review-reopened", **said, other=found.reopened_by, reason=found.reopened_for)
    return words.say("review-rejected_before", **said)
