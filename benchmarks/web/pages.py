"""The pages that are measured, of the busiest site, activity and so on."""

import random
from collections.abc import Callable
from statistics import median

from django.db.models import Count
from web.centre import BRANCH, TOP
from web.master_data import BUSY, grid_of
from web.measuring import Measured, Page, browser, measure
from web.sizes import Size

from settlement.models import Activity, LedgerEntry, Session, Volunteer
from settlement.rules.flags import Flag


def measure_pages(size: Size, rounds: int, only: str = "") -> list[Measured]:
    """Measure and print each page; those over are told last."""
    read = one_row(size)
    clients = {login: browser(login) for login in (TOP, BRANCH)}
    found = []
    for page in pages_of(size):
        if only in page.name:
            found.append(measure(page, clients[page.login], read, rounds))
            print(found[-1].told(), flush=True)
    unit_s = median(one.unit_s for one in found) if found else 0
    print(f"one row by its key: {unit_s * 1e6:.0f} us")
    over = [one.page.name for one in found if one.page.bound and not one.holds]
    print(
        f"over: {len(over)} of {sum(one.page.bound for one in found)}"
        + (f" ({', '.join(over)})" if over else "")
    )
    return found


def one_row(size: Size) -> Callable[[], object]:
    """Reads one row by its key: what all else is measured in."""
    chance = random.Random(1)
    return lambda: Volunteer.objects.get(pk=1_000_001 + chance.randrange(size.volunteers))


def pages_of(size: Size) -> list[Page]:
    """What is read, by whom."""
    grid = grid_of(size)
    busy, clean = f"a-{grid:04}", f"a-{grid + BUSY:04}"
    # Of the reviewer's district: an activity of today, with much that waits.
    near = Activity.objects.filter(
        organisation__path__startswith="00010002", shifts__isnull=False, pk__lt=busy
    )
    mine = near.annotate(n=Count("entries")).order_by("-n", "pk").values_list("pk", flat=True)[0]
    waiting = LedgerEntry.objects.filter(waiting__isnull=False).order_by()
    most = (
        waiting.exclude(activity=clean)
        .values("activity")
        .annotate(n=Count("pk"))
        .order_by("-n")[0]["activity"]
    )
    plain = waiting.filter(activity=most).values_list("pk", flat=True)[0]
    doubtful = (
        waiting.filter(activity=most, flags__contains=["MISSING_OUT"]).values_list("pk", flat=True).first()
    )
    volunteer = Session.objects.filter(is_open=True).values_list("volunteer", flat=True)[0]
    pages = [Page("inspect", TOP, "/inbox/")]
    for login in (TOP, BRANCH):
        pages += [
            Page("now", login, "/now/"),
            Page("now, by a name", login, "/now/?site=Site+4"),
            Page("a busy site", login, "/now/site-000/"),
            Page("a busy site, who by name", login, "/now/site-000/?who=Anna"),
            Page("who is missing at a site", login, "/now/site-000/missing"),
            Page("review", login, "/review/"),
            Page("inbox", login, "/inbox/"),
            *(
                Page(f"inbox: {kind}", login, f"/inbox/{kind}/")
                for kind in ("times", "objections", "gifts", "stars")
            ),
            Page("search by name", login, "/volunteers/?who=Anna"),
            Page("search by a rare name", login, "/volunteers/?who=Weber+4711"),
            Page("search by no name", login, "/volunteers/?who=Qqqq"),
            Page("search by number", login, "/volunteers/?who=10042"),
            Page("decisions", login, "/decisions/"),
        ]
    place = f"/review/{most}/"
    pages += [
        Page("review of an activity", TOP, place),
        Page("review: clean", TOP, place + "?kept=clean"),
        Page("review: doubtful", TOP, place + "?kept=doubtful"),
        *(
            Page(f"review: {flag}", TOP, place + f"?flag={flag}")
            for flag in (Flag.MISSING_OUT, Flag.SITE_CONFLICT)
        ),
        Page("review: a name", TOP, place + "?person=Anna"),
        Page("review: nobody's name", TOP, place + "?person=Qqqq"),
        Page("review of 5,000 clean", TOP, f"/review/{clean}/"),
        Page("review, what is clean", TOP, f"/review/{clean}/clean"),
        Page("review of an activity", BRANCH, f"/review/{mine}/"),
        Page("a line", TOP, f"/review/line/{plain}"),
        Page("a doubtful line", TOP, f"/review/line/{doubtful or plain}"),
        Page("a volunteer's file", TOP, f"/volunteers/{volunteer}"),
        Page("terminals", TOP, "/terminals/", bound=False),
        Page("activities", TOP, "/activities/", bound=False),
        Page("audit", TOP, "/audit/", bound=False),
        Page("audit of a day", TOP, "/audit/?from=2026-11-20&until=2026-11-21", bound=False),
        Page("board of a busy site", TOP, "/?site=site-000", bound=False),
        Page("certificate check", TOP, "/certificate/3100002026000001", bound=False),
    ]
    return pages[1:]
