"""Which name a new terminal may get, and which of the buckets."""

from collections import Counter

from foundation.errors import SettingsError
from settlement.models import Terminal
from settlement.settings import CentreSettings
from settlement.troubles import CentreTrouble
from sync.contract.terminal_name import check_terminal_name
from sync.contract.wire import BUCKETS, bucket_of


def check_new_name(name: str, settings: CentreSettings) -> None:
    """Refuse a name that no terminal may bear, or that one bears: what it sent stands under it for good.

    Raises SettingsError.
    """
    check_terminal_name(name, (settings.listener.client,))
    taken = Terminal.objects.filter(id=name).first()
    if taken is None:
        return
    if taken.revoked_ms is not None:
        raise SettingsError(CentreTrouble.TERMINAL_NAME_REVOKED, terminal=name)
    raise SettingsError(CentreTrouble.TERMINAL_NAME_TAKEN_AT, terminal=name, site=taken.site.name)


def enrolled_terminal(name: str) -> Terminal:
    """The terminal of that name that is not revoked; raises SettingsError."""
    terminal = Terminal.objects.filter(id=name, revoked_ms=None).first()
    if terminal is None:
        raise SettingsError(CentreTrouble.TERMINAL_UNKNOWN, terminal=name)
    return terminal


def emptiest_bucket() -> str:
    """The bucket with the fewest terminals that are not revoked, the first of several."""
    used = Counter(Terminal.objects.filter(revoked_ms=None).values_list("bucket", flat=True))
    return min((bucket_of(number) for number in range(BUCKETS)), key=lambda bucket: (used[bucket], bucket))
