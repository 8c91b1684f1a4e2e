"""What staff write down and take back, judged without an engine: a scene in, an event or a denial out."""

import msgspec

from kiosk.local_api.requests import Cancel, EnterManually
from kiosk.presence.standings import Presence
from kiosk.staff import events as entries
from kiosk.staff.events import Denial, RequestContext
from kiosk.storage.log_keeper import stamp_now
from sync.contract.events import Correction, Event, Manual
from tests.kiosk.samples import GUIDES, HOUR_MS, ROSTER, HandClock, index_of
from tests.sync.samples import NINE_MS, TERMINAL, check_in

EPOCH = "e1" * 16
WATER = msgspec.structs.replace(GUIDES, id="water", title="Water")
TWO = msgspec.structs.replace(ROSTER, activities=[GUIDES, WATER])
WATER_EXPECTS_LI = msgspec.structs.replace(
    ROSTER,
    activities=[
        msgspec.structs.replace(GUIDES, assigned=["2"]),
        msgspec.structs.replace(WATER, assigned=["1"]),
    ],
)
PLACE = Cancel(1, 2, EPOCH, reason="wrong person")


def scene(*happened: Event, staff: str = "liaison-7", roster=TWO, **more) -> RequestContext:
    """A terminal at nine, where all this happened to Li Ming."""
    presence = Presence()
    for seq, event in enumerate(happened, start=2):
        presence.fold(placed(event, seq), "1")
    return RequestContext(TERMINAL, stamp_now(HandClock()), staff, presence, index_of(roster), **more)


def placed(event: Event, seq: int) -> Event:
    """The event as this terminal logged it."""
    return msgspec.structs.replace(event, epoch=EPOCH, seq=seq, mono_ms=event.wall_ms - NINE_MS + HOUR_MS)


def written(at: RequestContext, direction: str = "in", volunteer: str = "1") -> Manual | Denial:
    request = EnterManually(1, volunteer, direction, NINE_MS, "forgot the badge", "leader-2", "402917")
    return entries.manual(request, "leader-2", at)


def test_what_staff_write_down_goes_to_the_activity_that_they_ordered():
    assert written(scene(activity="water")).activity == "water"
    assert written(scene()).activity == GUIDES.id


def test_what_staff_write_down_goes_to_the_activity_that_expects_the_volunteer():
    assert written(scene(roster=WATER_EXPECTS_LI)).activity == "water"


def test_who_is_in_is_not_written_in_for_what_expects_them_since():
    came = check_in(1, NINE_MS - HOUR_MS)
    assert written(scene(came, roster=WATER_EXPECTS_LI)) == Denial("already_in")


def test_who_leaves_leaves_the_activity_that_they_came_for():
    came = check_in(1, NINE_MS - HOUR_MS)
    assert came.activity == GUIDES.id
    assert written(scene(came, activity="water"), "out").activity == GUIDES.id


def test_who_leaves_without_having_come_leaves_what_runs():
    assert written(scene(activity="water"), "out").activity == "water"


def test_staff_take_back_what_happened_to_others_and_never_their_own_time():
    came = check_in(1, NINE_MS - 60_000)
    assert isinstance(entries.correction(PLACE, EPOCH, scene(came)), Correction)
    assert entries.correction(PLACE, EPOCH, scene(came, staff="1")) == Denial("own_time")


def test_whoever_stands_at_the_screen_takes_back_the_newest_and_then_nothing_more():
    came, other = check_in(1, NINE_MS - 60_000), check_in(2, NINE_MS - 30_000)
    at = scene(came, staff="")
    assert isinstance(entries.correction(PLACE, EPOCH, at), Correction)
    at.presence.fold(placed(other, 3), "2")
    newest = entries.correction(Cancel(1, 3, EPOCH), EPOCH, at)
    at.presence.fold(newest, "2")
    assert entries.correction(PLACE, EPOCH, at) == Denial("not_logged_in")
