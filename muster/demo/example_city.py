"""The example city at the demo's own centre: put in once the day is over, while everything goes on."""

import contextlib
import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from msgspec import Struct
from structlog.testing import capture_logs

from foundation.errors import DeviceError
from muster.demo.centre import ACCOUNTS
from muster.demo.site import Site
from muster.troubles import CommandTrouble
from settlement.settings import CentreSettings

_SETTLED_WITHIN_S = 180.0
_LOOK_EVERY_S = 0.1


class LogIn(Struct, frozen=True):
    """Who may log in at the pages: at which level, and for which organisation ("" for all)."""

    level: str
    organisation: str
    login: str
    password: str


def build_city(site: Site, volunteers: int, say: Callable[[str], None]) -> list[LogIn]:
    """Put the example city into the centre beside the day; returns who may log in at its pages."""
    from django.conf import settings as django_settings

    from muster.demo.city.fill import Filling, fill_city
    from settlement.accounts.accounts import acting
    from settlement.centre import open_centre

    settings: CentreSettings = django_settings.CENTRE
    first, second = (acting(login) for login in ACCOUNTS)
    writes, confirms = (one.reference for one in site.day.staff[:2])
    with _logged_in(site.folder / "logs" / "city.log"):
        city = fill_city(
            Filling(
                settings=settings,
                centre=open_centre(settings),
                deciders=(first, second),
                staff=(writes, confirms),
                now_ms=site.clock.wall_ms(),
                settle=_wait_until_settled,
                say=say,
                volunteers=volunteers,
            )
        )
    names = {one.path: one.name for one in city.plan.organisation}
    return [
        LogIn(one.level, names.get(one.organisation, ""), one.login, one.password)
        for one in city.plan.account
    ]


def _wait_until_settled() -> None:
    """Until the settler, a process of its own, has nothing more to do."""
    from settlement.models import Unsettled

    give_up_at_s = time.monotonic() + _SETTLED_WITHIN_S
    while Unsettled.objects.exists():
        if time.monotonic() > give_up_at_s:
            raise DeviceError(
                CommandTrouble.DEMO_FAILED, why="The city was not settled in time.", log="logs/settler.log"
            )
        time.sleep(_LOOK_EVERY_S)


@contextlib.contextmanager
def _logged_in(path: Path) -> Iterator[None]:
    """Keep what this process logs in a file: it stands in nobody's way who waits for the city."""
    with path.open("w", encoding="utf-8") as file, capture_logs() as said:
        try:
            yield
        finally:
            file.writelines(json.dumps(one, default=str, ensure_ascii=False) + "\n" for one in said)
