"""Many volunteers at one fair, for tests with settlers as processes: entered and delivered wave by wave.

Imported by scripts that run within a centre of their own. Everybody comes, leaves after an hour, comes again
and leaves again: the waves 0 to 3 of one log, which is the same in every process.
"""

from paper_terminal import NOON_MS, PaperTerminal

from settlement.centre import open_centre
from settlement.ingest.ingest import ingest
from settlement.models import Activity, LedgerEntry, PhaseChange, Review, Site, Volunteer
from sync.contract.signing import SigningKey

HOUR = 3_600_000
FIRST = 1000
EVENING_MS = NOON_MS + 24 * HOUR


def enter(people):
    site = Site.objects.create(code="north", name="North gate", zone="Asia/Shanghai")
    activity = Activity.objects.create(id="fair", site=site, title="Fair")
    PhaseChange.objects.create(activity=activity, phase="executing", from_ms=0)
    Volunteer.objects.bulk_create(
        Volunteer(number=FIRST + n, display_name=str(FIRST + n)) for n in range(people)
    )
    _log(people).enrol(site)


def arrive(settings, people, *waves, at_once=200):
    """Let these waves arrive, in batches."""
    terminal, centre = _log(people), open_centre(settings)
    for wave in waves:
        for first in range(wave * people + 1, (wave + 1) * people + 1, at_once):
            last = min(first + at_once - 1, (wave + 1) * people)
            ingest(terminal.batch_topic, terminal.batch(first, last), EVENING_MS, centre=centre)


def approve(numbers):
    """Approve whatever waits for these volunteers."""
    waiting = LedgerEntry.objects.filter(review=None, volunteer__in=numbers)
    Review.objects.bulk_create(
        Review(entry=entry, state="approved", by="staff1", at_ms=EVENING_MS) for entry in waiting
    )


def _log(people):
    terminal = PaperTerminal()
    terminal.key = SigningKey.from_seed(b"t" * 32)
    for wave in range(4):
        scan = terminal.check_out if wave % 2 else terminal.check_in
        for n in range(people):
            scan(f"badge:{FIRST + n}.1", NOON_MS + wave * HOUR + n * 1000)
    return terminal
