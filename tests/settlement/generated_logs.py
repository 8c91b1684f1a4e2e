"""Generated logs of two terminals, what becomes of them at the centre, and what must hold of it."""

from contextlib import contextmanager
from dataclasses import dataclass

from django.db import transaction
from hypothesis import strategies as st

from settlement.accounts.audit import Signed
from settlement.ingest.ingest import ingest
from settlement.ledger.entries import read_entries
from settlement.master_data.activities import ActivityValues, enter_activity
from settlement.master_data.people import revoke_credential
from settlement.models import EventOutcome, LedgerEntry, Line, Session, Settled, Site, Volunteer
from settlement.review.decide import Reviewer, approve, reject
from settlement.rules.evidence import Phase
from settlement.rules.ledger import EntryState
from settlement.settling.full_check import check_everything
from settlement.settling.settler import settle_dirty
from sync.contract.events import Toggle
from tests.settlement.actors import actor
from tests.settlement.paper_terminal import NOON_MS, PaperTerminal, presented

HOUR = 3_600_000
STEP = HOUR // 4
EVENING_MS = NOON_MS + 36 * HOUR
DUE_MS = NOON_MS + 90 * 24 * HOUR
PEOPLE = (1001, 1002)
ACTIVITIES = {"fair": "north", "camp": "south"}
TERMINALS = ("north-gate", "south-gate")


@dataclass(frozen=True)
class Stay:
    """Somebody came and left, or only one of it; times in steps of a quarter of an hour from noon on."""

    volunteer: int
    card: int
    activity: str
    terminal: str
    came: int
    left: int
    shape: str


@st.composite
def stays(draw):
    came = draw(st.integers(-20, 12))
    return Stay(
        draw(st.sampled_from(PEOPLE)),
        draw(st.sampled_from([1, 1, 2])),
        draw(st.sampled_from(list(ACTIVITIES))),
        draw(st.sampled_from(TERMINALS)),
        came,
        came + draw(st.integers(0, 24)),
        draw(st.sampled_from(["both", "both", "both", "in", "out", "toggle"])),
    )


class World:
    """An empty centre with two sites, and terminals that have logged these stays."""

    def __init__(self, centre, logged):
        self.centre = centre
        for code in set(ACTIVITIES.values()):
            Site.objects.create(code=code, name=code, zone="Asia/Shanghai")
        Volunteer.objects.bulk_create(Volunteer(number=n, display_name=str(n)) for n in PEOPLE)
        for activity in ACTIVITIES:
            self.correct(activity, ())
        self.terminals = {name: PaperTerminal(name=name) for name in TERMINALS}
        for terminal, code in zip(self.terminals.values(), ("north", "south"), strict=True):
            terminal.enrol(Site.objects.get(code=code))
            terminal.start()
        for stay in logged:
            self._log(stay)

    def correct(self, activity, shifts):
        """Enter the activity with other shifts, each as its first and last step."""
        times = tuple((NOON_MS + low * STEP, NOON_MS + high * STEP) for low, high in shifts)
        phases = ((Phase.EXECUTING, NOON_MS - 72 * HOUR),)
        values = ActivityValues(
            id=activity, site=ACTIVITIES[activity], title=activity, phases=phases, shifts=times
        )
        enter_activity(values, Signed(None, EVENING_MS))

    def revoke(self, volunteer, card, step):
        revoke_credential(f"badge:{volunteer}.{card}", NOON_MS + step * STEP, EVENING_MS)

    def batches(self, size):
        """Every stretch of every log, of at most that many events."""
        return [
            (name, first, min(first + size - 1, len(terminal.events)))
            for name, terminal in self.terminals.items()
            for first in range(1, len(terminal.events) + 1, size)
        ]

    def deliver(self, batch, late_ms=0):
        name, first, last = batch
        terminal = self.terminals[name]
        answer = ingest(
            terminal.batch_topic, terminal.batch(first, last), EVENING_MS - HOUR + late_ms, centre=self.centre
        )
        assert answer.rejected is None

    def decide(self, *, approving):
        """A reviewer decides on all that waits; the review is due, and evidence may be missing."""
        waiting = list(LedgerEntry.objects.filter(review=None).values_list("pk", flat=True))
        reviewer = Reviewer(actor("staff1"), DUE_MS, note="decided", override="everything must be decided")
        (approve if approving else reject)(waiting, reviewer)

    def _log(self, stay):
        terminal = self.terminals[stay.terminal]
        reference = f"badge:{stay.volunteer}.{stay.card}"
        for end, at, scan in (("in", stay.came, terminal.check_in), ("out", stay.left, terminal.check_out)):
            wall_ms = NOON_MS + at * STEP
            if stay.shape == "toggle":
                terminal.log(Toggle, wall_ms, credential=presented(reference), activity=stay.activity)
            elif stay.shape in (end, "both"):
                scan(reference, wall_ms, activity=stay.activity)


def settle():
    settle_dirty(EVENING_MS)


@contextmanager
def undone():
    """Whatever happens within is taken back afterwards."""
    block = transaction.atomic()
    block._from_testcase = True  # as pytest-django's own: durable transactions may lie within
    with block:
        yield
        transaction.set_rollback(True)


def results():
    """Everything that the settler writes, without the numbers of rows."""
    sessions = Session.objects.values_list(
        "volunteer__number", "activity__id", "in_s", "out_s", "raw_s", "t_s", "line_date", "flags", "trace",
        "in_event", "out_event",
    )  # fmt: skip
    lines = Line.objects.values_list("volunteer__number", "activity__id", "local_date", "t_s", "flags")
    held = EventOutcome.objects.select_related("chain", "record")
    return {
        "sessions": sorted(map(repr, sessions)),
        "lines": sorted(map(repr, lines)),
        "outcomes": sorted((row.source, row.volunteer_id, row.outcome) for row in held),
        "totals": sorted(Settled.objects.values_list("volunteer__number", "total_s")),
    }


def in_force():
    """What the ledger says, whatever led there."""
    entries = [stored.entry for stored in read_entries(LedgerEntry.objects.all())]
    return sorted(
        (*map(str, entry.key), str(entry.kind), entry.delta_s, entry.flags, str(entry.state))
        for entry in entries
        if entry.state is not EntryState.SUPERSEDED
    )


def ledger_rows():
    """Every row of the ledger with its review, by number."""
    columns = ("delta_s", "kind", "rev", "flags", "hands", "sessions", "review__state", "review__at_ms")
    return {row[0]: repr(row[1:]) for row in LedgerEntry.objects.order_by("pk").values_list("pk", *columns)}


def seconds_present(volunteer):
    """How many seconds somebody was anywhere: those of overlapping stays once."""
    ends = sorted(
        Session.objects.filter(volunteer=volunteer, in_s__isnull=False, out_s__isnull=False).values_list(
            "in_s", "out_s"
        )
    )
    present, until = 0, 0
    for came, left in ends:
        present += max(0, left - max(came, until))
        until = max(until, left)
    return present


def check_what_always_holds():
    """No second twice, none that was not spent, the sums agree, and a full computation finds nothing."""
    for volunteer in PEOPLE:
        sessions = Session.objects.filter(volunteer=volunteer)
        total_s = sum(row.t_s for row in sessions)
        assert total_s <= seconds_present(volunteer)
        assert total_s == sum(row.t_s for row in Line.objects.filter(volunteer=volunteer))
        assert all(
            row.raw_s + sum(step["change_s"] for step in row.trace) == row.t_s and row.t_s >= 0
            for row in sessions
        )
    told = []
    checked = check_everything(EVENING_MS, told.append)
    assert (told, checked.waiting) == ([], 0)
