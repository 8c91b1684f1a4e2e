"""What it takes to decide on hours (S15)."""

from collections.abc import Collection

from settlement.accounts.authority import Deed
from settlement.look_up import has_been_archived
from settlement.models import Activity


def deed_of_review(activities: Collection[str], now_ms: int) -> Deed:
    """Once one of these is archived, only a higher level changes what it came to."""
    archived = Activity.objects.filter(has_been_archived("pk", now_ms), pk__in=activities).exists()
    return Deed.REVIEW_ARCHIVED if archived else Deed.REVIEW
