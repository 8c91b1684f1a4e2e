"""A centre that was put back to before what a terminal has purged: a real log, its purge, a real archive."""

import pytest
from django.db import transaction

from foundation.words import LANGUAGES, Words
from settlement.downlink.answers_due import answers_due
from settlement.explain.completeness_text import tell_completeness
from settlement.explain.sentences import Teller
from settlement.ingest.archive import archive_everything
from settlement.ingest.log_import import import_log
from settlement.ingest.restore_check import Lacking, Where, lacking, raise_generation
from settlement.models import Chain, Event, LogAlarm, Store
from settlement.review.completeness import MissingEvents, evidence_of
from settlement.review.site_completeness import completeness_of
from tests.settlement.ingest.test_log_import import StandingClock
from tests.settlement.logged_device import LoggedDevice
from tests.settlement.paper_terminal import NOON_MS

pytestmark = pytest.mark.django_db


@pytest.fixture
def device(terminal, centre, tmp_path):
    made = LoggedDevice(tmp_path / "log.db", terminal, centre).start()
    yield made
    made.stop()


@pytest.fixture
def archive(tmp_path):
    return tmp_path / "archive"


@pytest.fixture
def restored(device, archive, centre):
    """The backup has 101 events; 300 were archived and purged, ten more accepted; then it is put back."""
    device.accept(100)
    device.deliver()
    backup = transaction.savepoint()
    device.accept(199)
    device.deliver()
    list(archive_everything(archive, centre))
    device.accept(10)
    while device.log.purge({device.log.epoch: 300}, device.wall_ms):
        pass
    device.minutes += 1
    device.deliver()
    device.minutes += 1
    transaction.savepoint_rollback(backup)
    assert Event.objects.count() == 101
    return device


def test_the_terminal_sends_at_once_what_it_still_has_and_both_ends_name_the_rest(restored, site):
    delivery = restored.deliver()
    assert Event.objects.count() == 101 + 11
    assert (delivery.trouble, delivery.unsent()) == (None, 0)
    (concern,) = delivery.concerns
    assert (concern.code, concern.arguments) == ("needs_archive", {"count": 198, "first": 102})
    (evidence,) = evidence_of(site)
    assert evidence.missing == (MissingEvents(restored.log.epoch, 102, 299, purged=True),)
    assert not LogAlarm.objects.exists()


def test_new_check_ins_are_taken_although_the_archive_has_not_been_brought(restored):
    restored.deliver()
    restored.accept(5)
    assert restored.deliver().unsent() == 0
    assert Event.objects.count() == 101 + 11 + 5


@pytest.mark.parametrize("language", LANGUAGES)
def test_completeness_says_that_it_needs_the_archive(language, restored, site):
    restored.deliver()
    (said, *_) = tell_completeness(completeness_of(site, NOON_MS), NOON_MS, Teller(Words(language), "UTC"))
    wanted = Words(language).say("completeness-purged", terminal="north-gate", numbers="102–299")
    assert wanted in said


def test_the_check_tells_where_what_is_missing_lies(restored, archive):
    name, epoch = restored.paper.name, restored.log.epoch
    (file,) = archive.rglob("*.muster")
    assert list(lacking(archive)) == [Lacking(name, epoch, 102, 300, Where.ARCHIVE, file)]
    restored.greet()
    assert list(lacking(archive)) == [
        Lacking(name, epoch, 102, 300, Where.ARCHIVE, file),
        Lacking(name, epoch, 301, 310, Where.TERMINAL),
    ]
    file.unlink()
    assert list(lacking(archive)) == [
        Lacking(name, epoch, 102, 299, Where.NOWHERE),
        Lacking(name, epoch, 300, 310, Where.TERMINAL),
    ]


def test_after_the_archive_was_brought_nothing_is_missing_and_the_terminal_is_told_unasked(
    restored, archive, centre, site, read_acks
):
    delivery = restored.deliver()
    (file,) = archive.rglob("*.muster")
    assert import_log(file, centre, StandingClock(NOON_MS)).refused == {}
    assert Chain.objects.get().contiguous == 310
    assert (list(lacking(archive)), evidence_of(site)[0].missing) == ([], ())
    (ack,) = read_acks(answers_due(centre, NOON_MS))
    assert delivery.concerns
    delivery.on_ack(ack, 0)
    assert (delivery.concerns, delivery.unsent()) == ([], 0)
    assert answers_due(centre, NOON_MS) == []


def test_the_archive_may_be_brought_first(restored, archive, centre, site):
    (file,) = archive.rglob("*.muster")
    import_log(file, centre, StandingClock(NOON_MS))
    delivery = restored.deliver()
    assert (delivery.concerns, delivery.unsent(), Event.objects.count()) == ([], 0, 310)


def test_a_restored_database_has_a_higher_generation(db):
    Store.objects.create(pk=1, identity="a" * 32, realm="live", created_ms=0)
    assert (raise_generation(), raise_generation()) == (2, 3)
