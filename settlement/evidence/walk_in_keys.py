"""The keys that terminals seal names of walk-ins to: a new one each month, the old ones deleted in time.

What a terminal sealed stands in its log for ever; deleting the key is how it is forgotten.
"""

from django.db.models import Exists, OuterRef

from settlement.models import WalkIn, WalkInKey
from sync.contract.sealed_person import make_private_key, public_key_of

RENEWED_AFTER_MS = 31 * 86_400_000
STILL_USED_MS = 45 * 86_400_000
"""How long after the next key was made a terminal may go on with an older roster, and deliver what it has."""


def current_key(now_ms: int) -> str:
    """The public key that rosters name now, made where there is none, or none of this month."""
    newest = WalkInKey.objects.order_by("-made_ms", "public").first()
    if newest is not None and now_ms - newest.made_ms < RENEWED_AFTER_MS:
        return newest.public
    private = make_private_key()
    return WalkInKey.objects.create(public=public_key_of(private), private=private, made_ms=now_ms).public


def delete_old_keys(now_ms: int) -> int:
    """Delete keys that no terminal seals to any more, unless somebody waits who may be sealed to them.

    Returns how many. From then on nobody can open what was sealed to them.
    """
    if WalkIn.objects.filter(decision=None).exists():
        return 0
    later = WalkInKey.objects.filter(made_ms__gt=OuterRef("made_ms"), made_ms__lte=now_ms - STILL_USED_MS)
    over = WalkInKey.objects.filter(Exists(later)).values_list("pk", flat=True)
    return WalkInKey.objects.filter(pk__in=list(over)).delete()[0]
