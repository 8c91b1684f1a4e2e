"""Copied cards and cards that were put back: real logs, opened from copied files, delivered to the centre."""

import random
import shutil
from contextlib import closing

import pytest

from foundation.errors import RulesError
from foundation.words import LANGUAGES, Words
from settlement.evidence.log_alarms import is_doubted, settle_alarm
from settlement.explain.completeness_text import tell_completeness
from settlement.explain.sentences import Teller
from settlement.ingest.ingest import ingest
from settlement.models import Chain, Event, LogAlarm
from settlement.reach import WHOLE
from settlement.review.completeness import evidence_of
from settlement.review.site_completeness import completeness_of
from settlement.rules.readiness import NotReady, unready_terminals
from settlement.web.board import load_board, local_today
from sync.log.reader import LogReader
from tests.settlement.actors import actor
from tests.settlement.logged_device import MINUTE
from tests.settlement.paper_terminal import NOON_MS

pytestmark = pytest.mark.django_db

OTHER_BOOT = "d" * 32
HOUR = 60 * MINUTE


@pytest.fixture
def put_back(device, devices, tmp_path):
    """31 events in the image, 20 more delivered, 10 more not; then the image is put back."""
    device.accept(30)
    device.deliver()
    image = device.image(tmp_path / "image.db")
    device.accept(20)
    device.deliver()
    device.accept(10)
    device.stop()
    restored = devices(image, boot=OTHER_BOOT, minutes=device.minutes + 5)
    restored.accept(3)
    restored.deliver()
    return restored


@pytest.fixture
def forked_epoch(device):
    """The epoch from which two logs go on, in the tests that put an image back."""
    return device.log.epoch


def alarms():
    return [(one.code, one.epoch, one.seq) for one in LogAlarm.objects.order_by("pk")]


def state_of(site):
    (row,) = load_board(site, local_today(site, NOON_MS), Teller(Words("en"), site.zone), WHOLE).terminals
    return str(row.state)


def test_an_honest_terminal_raises_none_however_often_it_starts(device, site):
    for _ in range(3):
        device.accept(3)
        device.deliver()
        device.accept(2)
        device.stop()
        device.minutes += 1
        device.start()
    delivery = device.deliver()
    assert (alarms(), delivery.concerns) == ([], [])
    assert evidence_of(site)[0].complete_until_ms == NOON_MS + 18 * MINUTE
    assert state_of(site) == "complete"


@pytest.mark.parametrize("seed", range(12))
def test_an_honest_log_raises_none_in_whatever_order_and_however_often_it_arrives(seed, device, site):
    chance, messages = random.Random(seed), []
    for _ in range(chance.randint(6, 14)):
        match chance.choice(["accept", "accept", "greet", "send", "restart", "reboot"]):
            case "accept":
                device.accept(chance.randint(1, 4))
            case "greet":
                messages.append((device.paper.hello_topic, device.hello()))
            case "send":
                messages += [(device.paper.batch_topic, batch) for batch in device.batches()]
            case start:
                device.stop()
                device.boot = device.boot if start == "restart" else f"{chance.getrandbits(128):032x}"
                device.start()
        device.minutes += 1
    messages += [(device.paper.batch_topic, batch) for batch in device.batches()]
    arriving = messages + chance.choices(messages, k=len(messages) // 2)
    chance.shuffle(arriving)
    for topic, message in arriving:
        ingest(topic, message, device.wall_ms, centre=device.centre)
    device.minutes += 1
    device.greet()
    for topic, message in chance.sample(messages, len(messages)):
        ingest(topic, message, device.wall_ms + HOUR, centre=device.centre)
    (evidence,) = evidence_of(site)
    assert alarms() == []
    assert (evidence.missing, evidence.heard_ms, evidence.complete_until_ms) == (
        (),
        device.wall_ms,
        device.wall_ms,
    )


@pytest.mark.parametrize("gap_in_both", [False, True])
def test_whichever_epoch_arrives_first_nothing_behind_the_first_gap_is_complete(gap_in_both, device, site):
    device.accept(4)
    early = device.log.epoch
    device.stop()
    device.minutes += 60
    device.start()
    device.accept(4)
    with closing(LogReader(device.file, device.paper.name)) as log:
        stretches = [log.stretch(device.log.epoch, 0, 2, 1 << 20), log.stretch(early, 2, 2, 1 << 20)]
        if not gap_in_both:
            stretches.insert(1, log.stretch(device.log.epoch, 2, 9, 1 << 20))
        for stretch in stretches:
            ingest(device.paper.batch_topic, device._batch(stretch), device.wall_ms, centre=device.centre)
    device.greet()
    (evidence,) = evidence_of(site)
    assert (early, 1) in [(gap.epoch, gap.first) for gap in evidence.missing]
    assert evidence.complete_until_ms is None


def test_a_card_that_was_put_back_is_named_and_its_site_is_not_complete_after_the_image(
    forked_epoch, put_back, site
):
    assert Chain.objects.get(epoch=forked_epoch).contiguous == 51
    assert alarms() == [("log_shortened", forked_epoch, 31)]
    assert evidence_of(site)[0].complete_until_ms == NOON_MS + 30 * MINUTE
    assert state_of(site) == "doubted"
    assert Event.objects.count() == 51 + 4


def test_the_terminals_staff_are_told_until_a_person_settled_it(put_back, site):
    put_back.minutes += 1
    assert [trouble.code for trouble in put_back.deliver().concerns] == ["log_doubted"]
    settle_alarm(LogAlarm.objects.get().pk, actor("chen"), "ten check-ins entered by hand", NOON_MS)
    put_back.minutes += 1
    assert put_back.deliver().concerns == []
    assert evidence_of(site)[0].complete_until_ms == put_back.wall_ms
    assert (state_of(site), LogAlarm.objects.filter(settled_ms=None).count()) == ("complete", 0)


@pytest.mark.parametrize("first", ["the right one", "the copy"])
def test_a_copied_card_is_named_whichever_device_speaks_first(first, device, devices, site, tmp_path):
    device.accept(4)
    device.deliver()
    epoch = device.log.epoch
    device.stop()
    shutil.copyfile(device.file, tmp_path / "copy.db")
    device.minutes += 1
    device.start()
    other = devices(tmp_path / "copy.db", boot=OTHER_BOOT, minutes=device.minutes)
    for one in (device, other) if first == "the right one" else (other, device):
        one.accept(2)
        one.deliver()
    assert alarms() == [("log_twins", epoch, 5)]
    assert Event.objects.count() == 5 + 3 + 3
    assert evidence_of(site)[0].complete_until_ms == NOON_MS + 4 * MINUTE


def test_a_copy_that_starts_while_the_right_one_goes_on_in_its_epoch_is_named(device, devices, tmp_path):
    device.accept(4)
    device.deliver()
    other = devices(device.image(tmp_path / "copy.db"), boot=OTHER_BOOT, minutes=device.minutes)
    other.accept(1)
    other.deliver()
    assert alarms() == []
    device.accept(1)
    device.deliver()
    assert alarms() == [("log_shortened", device.log.epoch, 5)]


def test_what_a_terminal_told_and_never_sent_counts_as_well(device, devices, tmp_path):
    device.accept(4)
    device.deliver()
    image = device.image(tmp_path / "image.db")
    device.accept(5)
    device.greet()
    device.stop()
    restored = devices(image, boot=OTHER_BOOT, minutes=device.minutes + 1)
    restored.deliver()
    assert [code for code, _, _ in alarms()] == ["log_shortened"]


def test_a_take_over_is_a_row_and_after_it_was_settled_another_one(terminal, centre, site):
    def taken_over(mono_ms):
        hello = terminal.hello([], taken_over=True, mono_ms=mono_ms)
        ingest(terminal.hello_topic, hello, NOON_MS + mono_ms, centre=centre)

    taken_over(1_000)
    taken_over(2_000)
    (row,) = LogAlarm.objects.all()
    assert (row.code, row.times) == ("session_taken_over", 2)
    assert (row.first_ms, row.last_ms) == (NOON_MS + 1_000, NOON_MS + 2_000)
    assert evidence_of(site)[0].complete_until_ms == NOON_MS + 1_000
    settle_alarm(row.pk, actor("chen"), "the old device was still on", NOON_MS)
    assert not is_doubted(terminal.name)
    taken_over(3_000)
    assert is_doubted(terminal.name)


def test_an_earlier_hello_that_arrives_after_a_batch_is_no_alarm(device):
    device.accept(2)
    late = device.hello()
    device.accept(2)
    device.deliver()
    ingest(device.paper.hello_topic, late, NOON_MS, centre=device.centre)
    assert alarms() == []


def test_lines_that_closed_before_the_doubt_are_ready_and_later_ones_wait(put_back, site):
    progress = {row.terminal: row.progress for row in evidence_of(site)}
    doubted_ms = NOON_MS + 30 * MINUTE
    assert unready_terminals(progress, doubted_ms) == {}
    assert unready_terminals(progress, doubted_ms + 1) == {"north-gate": NotReady.LOG_DOUBTED}


@pytest.mark.parametrize("language", LANGUAGES)
def test_completeness_names_the_alarm_in_every_language(language, put_back, site):
    number = LogAlarm.objects.get().pk
    (said, *_) = tell_completeness(completeness_of(site, NOON_MS), NOON_MS, Teller(Words(language), "UTC"))
    assert Words(language).say("completeness-doubted", terminal="north-gate", number=str(number)) in said


def test_it_is_settled_once_by_somebody_with_a_reason(put_back):
    number = LogAlarm.objects.get().pk
    with pytest.raises(RulesError) as refused:
        settle_alarm(number, actor("chen"), " ", NOON_MS)
    assert refused.value.code == "NO_REASON"
    settle_alarm(number, actor("chen"), "an old image", NOON_MS)
    for wanted, code in ((number, "ALARM_SETTLED"), (number + 1, "UNKNOWN_ALARM")):
        with pytest.raises(RulesError) as refused:
            settle_alarm(wanted, actor("li"), "again", NOON_MS)
        assert refused.value.code == code
