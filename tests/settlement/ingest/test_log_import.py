"""A log that comes by file is taken as if the broker had brought it."""

from dataclasses import dataclass

import pytest

from settlement.ingest.log_import import import_log
from settlement.models import Event, Quarantine
from sync.contract.file import Carried, write_carried
from tests.english import in_english

pytestmark = pytest.mark.django_db


@dataclass
class StandingClock:
    now_ms: int
    boot_id: str = "0" * 32

    def wall_ms(self) -> int:
        return self.now_ms

    def mono_ms(self) -> int:
        return self.now_ms


@pytest.fixture
def carry(tmp_path, centre, noon_ms):
    """Writes messages into a file, and imports it."""

    def _carry(*messages):
        write_carried(tmp_path / "carried", [Carried(topic, text.decode()) for topic, text in messages])
        return import_log(tmp_path / "carried", centre, StandingClock(noon_ms))

    return _carry


def test_every_event_of_the_file_is_stored(terminal, carry):
    for _ in range(4):
        terminal.check_in()
    imported = carry(
        (terminal.batch_topic, terminal.batch(1, 2)), (terminal.batch_topic, terminal.batch(3, 5))
    )
    assert (imported.taken, imported.refused.total(), imported.broken_off) == (2, 0, None)
    assert [bytes(raw) for raw in Event.objects.order_by("seq").values_list("raw", flat=True)] == (
        terminal.events
    )


def test_a_file_may_be_imported_twice(terminal, carry):
    terminal.check_in()
    batch = (terminal.batch_topic, terminal.batch(1, None))
    carry(batch)
    assert carry(batch).taken == 1
    assert Event.objects.count() == 2


def test_a_message_that_somebody_changed_is_refused_and_the_others_are_taken(terminal, carry):
    terminal.check_in()
    sealed = terminal.batch(1, None)
    imported = carry(
        (terminal.batch_topic, sealed.replace(b"deflate", b"defiate")), (terminal.batch_topic, sealed)
    )
    assert (imported.taken, dict(imported.refused)) == (1, {"auth": 1})
    assert Event.objects.count() == 2
    assert Quarantine.objects.count() == 1


def test_what_stands_before_the_break_of_a_file_is_taken(terminal, carry, tmp_path, centre, noon_ms):
    terminal.check_in()
    carry()
    write_carried(tmp_path / "carried", [Carried(terminal.batch_topic, terminal.batch(1, None).decode())] * 2)
    content = (tmp_path / "carried").read_bytes()
    (tmp_path / "carried").write_bytes(content[: len(content) * 3 // 4])
    imported = import_log(tmp_path / "carried", centre, StandingClock(noon_ms))
    assert imported.taken == 1
    assert "is not whole: 1 messages could be read" in in_english(imported.broken_off)
    assert Event.objects.count() == 2
