"""A writing call that comes again with its key is answered as before, and does nothing again."""

import pytest

from settlement.models import ApiAnswer, ManualRecord, Review, StarReview
from settlement.people_settings import RetentionSettings
from settlement.personal_data.retention import end_what_is_over
from tests.settlement.actors import actor
from tests.settlement.api.conftest import NAMES, OPERATIONS, filled

pytestmark = pytest.mark.django_db

KEY = {"Idempotency-Key": "order-7"}
WRITES = [one for one in OPERATIONS if one[0] == "POST"]
EACH = pytest.mark.parametrize("operation", WRITES, ids=[name for name in NAMES if name.startswith("POST")])


@pytest.fixture
def approval(everything):
    return "/review/approve", {"entries": [everything["entry"]]}


def test_the_same_call_is_answered_as_before(program, approval):
    first, again = (program.post(*approval, **KEY) for _ in range(2))
    assert first.status_code == again.status_code == 200
    assert first.json()["decided"]
    assert again.content == first.content
    assert again["Content-Type"] == first["Content-Type"]
    assert (first.get("Idempotency-Replayed"), again.get("Idempotency-Replayed")) == (None, "true")
    assert Review.objects.count() == 1


def test_without_a_key_it_is_a_call_of_its_own(program, approval):
    program.post(*approval)
    assert program.post(*approval).json()["refused"][0]["code"] == "NOT_PENDING"
    assert not ApiAnswer.objects.exists()


@EACH
def test_each_writing_operation_takes_a_key(operation, program, everything):
    method, path, _, body = filled(operation, everything)
    first, again = (program.call(method, path, body, **KEY) for _ in range(2))
    if first.status_code == 200:
        assert again.content == first.content
        assert again["Idempotency-Replayed"] == "true"
    else:
        assert (first.status_code, again.status_code) == (409, 409)
        assert not ApiAnswer.objects.exists()


def test_another_call_with_the_key_is_refused(program, approval, everything):
    path, body = approval
    program.post(path, body, **KEY)
    for other in (
        program.post(path, {**body, "note": "x"}, **KEY),
        program.post("/review/reject", {**body, "note": "x"}, **KEY),
        program.post(f"/inbox/stars/{everything['stars']}/keep", {"note": "x"}, **KEY),
    ):
        assert (other.status_code, other.json()["code"]) == (409, "KEY_OF_ANOTHER_CALL")
    assert StarReview.objects.get().withdrawn is None


def test_keys_are_each_tokens_own(program_of, approval, everything):
    program_of().post(*approval, **KEY)
    other = program_of().post("/review/approve", {"entries": [everything["doubtful"]]}, **KEY)
    assert other.json()["decided"] == [everything["doubtful"]]


def test_a_refusal_keeps_no_key(program, everything):
    path, body = "/review/reject", {"entries": [everything["entry"]], "note": " "}
    assert program.post(path, body, **KEY).status_code == 422
    assert not ApiAnswer.objects.exists()
    assert program.post(path, {**body, "note": "was not there"}, **KEY).json()["decided"]


def test_what_fails_halfway_leaves_neither_deed_nor_answer(program, approval, monkeypatch):
    def broken(self, **_):
        raise ZeroDivisionError

    with monkeypatch.context() as patch:
        patch.setattr(ApiAnswer, "save", lambda self, *a, **k: broken(self) if k.get("update_fields") else
                      super(ApiAnswer, self).save(*a, **k))  # fmt: skip
        assert program.post(*approval, **KEY).status_code == 500
    assert not Review.objects.exists()
    assert not ApiAnswer.objects.exists()
    assert program.post(*approval, **KEY).json()["decided"]


def test_after_a_day_the_key_is_free_and_its_answer_gone(program, approval, api_at, evening_ms):
    program.post(*approval, **KEY)
    api_at(evening_ms + 86_399_999)
    assert program.post(*approval, **KEY)["Idempotency-Replayed"] == "true"
    api_at(evening_ms + 86_400_000)
    assert program.post(*approval, **KEY).json()["refused"][0]["code"] == "NOT_PENDING"
    assert ApiAnswer.objects.count() == 1


def test_the_nightly_end_of_what_is_over_ends_answers_too(program, approval, evening_ms):
    program.post(*approval, **KEY)
    list(end_what_is_over(RetentionSettings(), evening_ms + 86_399_999))
    assert ApiAnswer.objects.exists()
    list(end_what_is_over(RetentionSettings(), evening_ms + 86_400_000))
    assert not ApiAnswer.objects.exists()


def test_neither_key_nor_secret_is_kept_in_clear(program, approval):
    program.post(*approval, **KEY)
    kept = str([*ApiAnswer.objects.values()])
    assert "order-7" not in kept
    assert program.secret not in kept


@pytest.mark.parametrize("key", ["", "x" * 256, "two words", "schlüssel", "a\x7f"])
def test_a_key_is_one_word_of_ascii(key, program, approval):
    refused = program.post(*approval, **{"Idempotency-Key": key})
    assert (refused.status_code, refused.json()["errors"][0]["where"]) == (422, "header.Idempotency-Key")
    assert not Review.objects.exists()


def test_a_decision_in_the_inbox_is_taken_once(program, everything, mei, ended_fair, noon_ms):
    record = ManualRecord.objects.create(
        volunteer=mei, activity=ended_fair, direction="in", at_ms=noon_ms, reason="broken",
        entered_ms=noon_ms, entered_by="Sun", entered_account_id=actor("Sun").account,
    )  # fmt: skip
    path = f"/inbox/times/{record.pk}/confirm"
    assert program.post(path, {}, **KEY).status_code == 200
    assert program.post(path, {}, **KEY)["Idempotency-Replayed"] == "true"
    assert program.post(path, {}).status_code == 404
