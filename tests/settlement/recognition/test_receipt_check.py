"""The receipt of a check-out: at the command and at the page, whoever it was and whatever it became."""

import msgspec
import pytest

from settlement.recognition.receipt_check import ReceiptCheck, ReceiptStanding, check_receipt
from sync.contract.events import Correction
from sync.contract.receipt import Receipt, receipt_of
from tests.settlement.paper_terminal import presented

KEY = bytes(range(32))
HOUR_MS = 3_600_000


@pytest.fixture
def told_key(settings, tmp_path):
    (tmp_path / "pseudonym.key").write_text(KEY.hex())
    settings.CENTRE = msgspec.structs.replace(settings.CENTRE, directory=str(tmp_path))
    return settings.CENTRE


@pytest.fixture
def left(terminal, mei, ended_fair, noon_ms):
    """Mei came at ten and left at noon; the code that the terminal showed."""
    mei.display_name = "Mei Ling"
    mei.save()
    terminal.check_in(wall_ms=noon_ms - 2 * HOUR_MS)
    seq = terminal.check_out(wall_ms=noon_ms)
    digest = terminal.hash_at(seq)
    return receipt_of(KEY, terminal.name, terminal.epoch, seq, digest, noon_ms).code


def test_it_says_who_left_masked_and_what_the_stay_became(
    left, terminal, told_key, deliver, settle, client, evening_ms
):
    assert check_receipt(left, told_key, evening_ms) == ReceiptCheck(ReceiptStanding.UNKNOWN)
    deliver()
    found = check_receipt(left.lower(), told_key, evening_ms)
    assert (found.standing, found.name, found.stay, found.outcome) == ("genuine", "M** L***", None, "")
    settle(evening_ms)
    stay = check_receipt(left, told_key, evening_ms).stay
    assert stay is not None
    assert (stay.activity, stay.t_s, stay.state) == ("Lantern fair", 7200, "pending")
    told = client.get("/receipt/", {"code": left}, secure=True).content.decode()
    for text in ("✔", "M** L***", "North gate", "2026-03-07 12:00:00", "2.00", "to be reviewed"):
        assert text in told
    assert "Mei Ling" not in told


def test_one_that_was_taken_back_says_so(left, terminal, told_key, deliver, settle, evening_ms, noon_ms):
    terminal.log(
        Correction,
        noon_ms + 60_000,
        credential=presented("badge:1001.1"),
        activity="fair",
        cancelled_epoch=terminal.epoch,
        cancelled_seq=len(terminal.events),
        reason="by mistake",
    )
    deliver()
    settle(evening_ms)
    found = check_receipt(left, told_key, evening_ms)
    assert (found.stay, found.outcome) == (None, "cancelled")


def test_what_is_no_code_and_what_nobody_made_are_told_apart(db, told_key, client, evening_ms):
    invented = Receipt(1, 1).code
    told = client.get("/receipt/", {"code": invented}, secure=True).content.decode()
    assert "No check-out that is stored here" in told
    assert "a sign is wrong" in client.get("/receipt/?code=<b>", secure=True).content.decode()
    assert "<input" in client.get("/receipt/", secure=True).content.decode()


def test_who_tries_many_is_told_to_wait(db, told_key, client):
    tried = [client.get(f"/receipt/?code={guess}", secure=True).status_code for guess in range(31)]
    assert tried == [200] * 30 + [429]


def test_it_is_looked_up_by_as_many_queries_however_much_is_stored(
    left, terminal, told_key, deliver, settle, evening_ms, noon_ms, django_assert_max_num_queries
):
    for minute in range(1, 40):
        terminal.check_out(wall_ms=noon_ms + minute * 1000)
    deliver()
    settle(evening_ms)
    with django_assert_max_num_queries(7):
        assert check_receipt(left, told_key, evening_ms).standing is ReceiptStanding.GENUINE
