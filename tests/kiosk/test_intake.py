import msgspec
import pytest

from kiosk.intake import Intake
from kiosk.local_messages import FromCentre
from sync.downlink import Command, Wipe, seal_told
from sync.wire import Realm
from tests.sync.samples import CENTRE_KEY, NINE_MS, STRANGER_KEY, TERMINAL, TERMINAL_KEY

ORDER = Wipe(TERMINAL_KEY.public.key_id)
COMMAND = Command(realm=Realm.LIVE, terminal=TERMINAL, id="0a" * 16, deadline_ms=NINE_MS, order=ORDER)


@pytest.fixture
def intake():
    return Intake(TERMINAL, Realm.LIVE, CENTRE_KEY.public)


def sealed(centre_ms: int = NINE_MS, key=CENTRE_KEY, **changes: object) -> FromCentre:
    return FromCentre(seal_told(msgspec.structs.replace(COMMAND, **changes), key), centre_ms)


def test_an_order_of_the_centre_is_handed_to_the_engine_once_however_often_it_comes(intake):
    intake.take(sealed())
    intake.take(sealed())
    assert intake.orders() == [ORDER]
    intake.take(sealed())
    assert intake.orders() == []
    intake.take(sealed(id="0b" * 16))
    assert intake.orders() == [ORDER]


@pytest.mark.parametrize(
    "message",
    [
        sealed(NINE_MS + 1),
        sealed(terminal="gate-2"),
        sealed(realm=Realm.DEMO),
        sealed(key=STRANGER_KEY),
        FromCentre(b"junk", NINE_MS),
    ],
    ids=["too late", "other terminal", "other realm", "stranger", "junk"],
)
def test_nothing_else_is_carried_out(intake, message):
    intake.take(message)
    assert intake.orders() == []
