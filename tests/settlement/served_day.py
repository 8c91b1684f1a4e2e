"""A day at the North gate as plain functions, for fixtures and for rows that all tests of a module share."""

from functools import partial

from sync.contract import wire
from sync.contract.handover import CentreKeys
from sync.contract.signing import SigningKey
from tests.settlement.paper_terminal import NOON_MS, PaperTerminal

HOUR = 3_600_000
EVENING_MS = NOON_MS + 11 * HOUR


def a_centre():
    from settlement.centre import Centre
    from settlement.settings import QuarantineSettings

    key = SigningKey.from_seed(b"c" * 32)
    return Centre(wire.Realm.LIVE, "a" * 32, 1, key, CentreKeys((key.public,)), QuarantineSettings())


def north_gate():
    from settlement.models import Site

    return Site.objects.create(code="north", name="North gate", zone="Asia/Shanghai")


def lantern_fair(site):
    """From 09:00 to 17:00 in Shanghai, executing since midnight."""
    from settlement.models import Activity, PhaseChange, Shift

    activity = Activity.objects.create(id="fair", site=site, title="Lantern fair")
    Shift.objects.create(activity=activity, start_ms=NOON_MS - 3 * HOUR, end_ms=NOON_MS + 5 * HOUR)
    PhaseChange.objects.create(activity=activity, phase="executing", from_ms=NOON_MS - 12 * HOUR)
    return activity


def end_at_six(activity):
    from settlement.models import PhaseChange

    PhaseChange.objects.create(activity=activity, phase="ended", from_ms=NOON_MS + 6 * HOUR)
    return activity


def volunteer(number, name, language=""):
    from settlement.models import Volunteer
    from settlement.name_search import keep_name_keys

    made = Volunteer.objects.create(number=number, display_name=name, language=language)
    keep_name_keys([made], are_new=True)
    return made


def opened_terminal(site):
    """Enrolled, its log opened."""
    paper = PaperTerminal()
    paper.enrol(site)
    paper.start()
    return paper


def enter_rules():
    """The rules in the settings, entered as the version that results name."""
    from django.conf import settings

    from settlement.models import RuleVersion

    version = settings.CENTRE.rules.version
    RuleVersion.objects.get_or_create(version=version, defaults={"content": {}, "first_used_ms": 0})
    return settings.CENTRE.rules


def deliver(terminal, centre, first=1, last=None, received_ms=NOON_MS + 10 * HOUR):
    """A stretch of the terminal's log comes to the centre."""
    from settlement.ingest.ingest import ingest

    return ingest(terminal.batch_topic, terminal.batch(first, last), received_ms, centre=centre)


def hear(terminal, centre, at_ms=EVENING_MS, **changes):
    """The terminal says how far its log reaches."""
    from settlement.ingest.ingest import ingest

    ingest(terminal.hello_topic, terminal.hello(**changes), at_ms, centre=centre)


def serve(terminal, centre, came=-3, left=5, number=1001):
    """Somebody serves from one hour to another (counted from noon), and it is settled."""
    from settlement.settling.settler import settle_dirty

    first = len(terminal.events) + 1
    if came is not None:
        terminal.check_in(f"badge:{number}.1", wall_ms=NOON_MS + int(came * HOUR))
    if left is not None:
        terminal.check_out(f"badge:{number}.1", wall_ms=NOON_MS + int(left * HOUR))
    deliver(terminal, centre, 1 if first == 2 else first)
    hear(terminal, centre)
    settle_dirty(EVENING_MS)


def everything(serve, mei, fair):
    """A clean entry of Mei's, a doubtful one of Wei's, a time entered by hand, and stars in question."""
    from settlement.models import Chain, LedgerEntry, ManualRecord, StarReview

    serve()
    serve(left=None, number=1002)
    stars = StarReview.objects.create(
        volunteer=mei, stars_before=2, stars_after=1, approved_s=3600, raised_ms=NOON_MS
    )
    record = ManualRecord.objects.create(
        volunteer=mei, activity=fair, direction="out", at_ms=NOON_MS, reason="the reader broke",
        entered_ms=NOON_MS, entered_by="Sun",
    )  # fmt: skip
    entries = {row.volunteer_id: row.pk for row in LedgerEntry.objects.all()}
    chain = Chain.objects.get()
    return {
        "entry": entries[1001],
        "doubtful": entries[1002],
        "stars": stars.pk,
        "record": record.pk,
        "terminal": chain.terminal_id,
        "epoch": chain.epoch,
    }


def all_made():
    """The same from nothing."""
    site = north_gate()
    fair = end_at_six(lantern_fair(site))
    mei, _ = volunteer(1001, "Mei", "zh-Hans"), volunteer(1002, "Wei")
    terminal = opened_terminal(site)
    enter_rules()
    return everything(partial(serve, terminal, a_centre()), mei, fair)
