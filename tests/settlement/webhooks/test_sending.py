"""Messages arrive signed, again after failures and deaths, never elsewhere, and are given up in the end."""

import json
import re
import threading
from pathlib import Path

import pytest
from structlog.testing import capture_logs

import settlement
from settlement.models import Account, AuditRecord, Webhook, WebhookDelivery
from settlement.organisations.tree import add_organisation
from settlement.webhooks import posting, sender, sending
from settlement.webhooks.addresses import Target
from settlement.webhooks.events import TRIAL
from settlement.webhooks.outbox import message_of, real_ms
from settlement.webhooks.posting import Answer, Failure, post
from settlement.webhooks.sending import PAUSES_S, due_webhooks, send_due
from settlement.webhooks.signing import make_secret, seal
from tests.settlement.actors import actor
from tests.settlement.enrolment.conftest import refusals_come_back, shared_db  # noqa: F401
from tests.sync.patience import PATIENCE_S

API_PAGE = Path(settlement.__file__).parents[1] / "docs" / "api.md"


@pytest.fixture
def clock():
    """Real time that goes on when a test says so."""

    class Clock:
        at_ms = real_ms() + 1000

        def __call__(self):
            return self.at_ms

    return Clock()


@pytest.fixture
def waiting(db, webhook_of):
    """A webhook and one message that waits; answers both and the secret."""
    row, secret = webhook_of()
    message = message_of(row, TRIAL, [], 0)
    message.save()
    return row, message, secret


def send(row, clock, **more):
    return send_due(row.pk, plain=True, now=clock, **more)


def state(message):
    message.refresh_from_db()
    return message.state, message.tries, message.status, message.failure


def verifier():
    """The example of docs/api.md, as a receiver copies it."""
    (code,) = re.findall(r"```python\n(import base64.*?)```", API_PAGE.read_text(), re.DOTALL)
    names = {}
    exec(code, names)  # what the page shows must run
    return names["verified"]


def test_it_arrives_and_the_documents_verifier_believes_it(receiver, waiting, clock):
    row, message, secret = waiting
    assert send(row, clock) == 1
    ((path, headers, body),) = receiver.came
    assert path == "/hook?to=muster"
    assert headers["Content-Type"] == "application/json"
    assert headers["Host"] == f"127.0.0.1:{receiver.port}"
    assert json.loads(body) == {
        "type": "webhook.trial", "timestamp": "1970-01-01T00:00:00.000+00:00", "data": {"lines": []}
    }  # fmt: skip
    now_s = clock() // 1000
    verified = verifier()
    assert verified(secret, headers, body, now_s) == json.loads(body)
    for wrong in (
        (secret[:-5] + "AAAA=", headers, body, now_s),
        (secret, headers, body + b" ", now_s),
        (secret, {**headers, "webhook-id": "msg_other"}, body, now_s),
        (secret, headers, body, now_s + 301),
        (secret, {**headers, "webhook-signature": "v1,"}, body, now_s),
    ):
        with pytest.raises(ValueError, match="webhook"):
            verified(*wrong)
    assert state(message) == ("delivered", 1, 204, "")
    assert send(row, clock) == 0
    assert len(receiver.came) == 1


@pytest.mark.parametrize(
    ("answer", "status", "failure"),
    [
        (500, 500, Failure.REFUSED),
        (404, 404, Failure.REFUSED),
        ((302, ("Location", "http://127.0.0.1:1/")), 302, Failure.REDIRECTED),
        ((307, ("Location", "/elsewhere")), 307, Failure.REDIRECTED),
        ("hang up", None, Failure.NO_ANSWER),
        ("silence", None, Failure.TIMED_OUT),
        ("drip", None, Failure.TIMED_OUT),
    ],
)
def test_a_failure_is_tried_again_later_under_the_same_id(answer, status, failure, receiver, waiting, clock):
    row, message, _ = waiting
    receiver.answers = [answer]
    deadline_s = 0.3 if failure is Failure.TIMED_OUT else 15
    assert send(row, clock, deadline_s=deadline_s) == 0
    assert state(message) == ("waiting", 1, status, failure)
    assert message.next_ms == clock() + 5_000
    assert send(row, clock) == 0
    assert len(receiver.came) == 1
    clock.at_ms += 5_000
    assert send(row, clock) == 1
    assert receiver.ids() == [message.message] * 2
    assert [path for path, _, _ in receiver.came] == ["/hook?to=muster"] * 2
    assert state(message) == ("delivered", 2, 204, "")


def test_pauses_grow_and_in_the_end_it_is_given_up_and_told(receiver, waiting, clock):
    row, message, _ = waiting
    receiver.answers = [503] * 20
    pauses = []
    with capture_logs() as logged:
        give_up(row, message, clock, pauses)
    assert pauses == list(PAUSES_S) == sorted(PAUSES_S)
    assert state(message) == ("given_up", len(PAUSES_S) + 1, 503, "refused")
    assert [one["log_level"] for one in logged if one["event"] == "webhook_given_up"] == ["error"]
    clock.at_ms += 10**9
    assert due_webhooks(clock()) == []


def give_up(row, message, clock, pauses):
    while (message.refresh_from_db() or message.state) == "waiting":
        clock.at_ms = max(message.next_ms, clock() + 5_001)
        before = clock()
        send(row, clock)
        message.refresh_from_db()
        if message.next_ms:
            pauses.append((message.next_ms - before) // 1000)


def test_what_was_sent_and_not_marked_is_sent_again_under_the_same_id(receiver, waiting, clock, monkeypatch):
    row, message, _ = waiting

    def die(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(sending, "_mark", die)
        with pytest.raises(KeyboardInterrupt):
            send(row, clock)
    assert state(message)[0] == "waiting"
    clock.at_ms += 5_001
    assert send(row, clock) == 1
    assert receiver.ids() == [message.message] * 2
    assert state(message)[0] == "delivered"


def test_of_two_processes_one_sends_and_the_claim_of_a_dead_one_ends_by_itself(waiting, receiver, clock):
    row, _, _ = waiting
    Webhook.objects.update(not_before_ms=clock() + sending._CLAIM_MS)
    assert due_webhooks(clock()) == []
    assert send(row, clock) == 0
    clock.at_ms += sending._CLAIM_MS
    assert due_webhooks(clock()) == [row.pk]
    assert send(row, clock) == 1


def test_one_after_the_other_until_one_fails(webhook_of, receiver, clock, db):
    row, _ = webhook_of()
    messages = [message_of(row, TRIAL, [], 0) for _ in range(3)]
    for message in messages:
        message.save()
    receiver.answers = [204, 500]
    assert send(row, clock) == 1
    assert receiver.ids() == [one.message for one in messages[:2]]
    clock.at_ms += 5_001
    assert send(row, clock) == 2
    assert WebhookDelivery.objects.exclude(state="delivered").count() == 0


def test_what_waits_for_an_account_that_may_read_no_more_is_not_sent(waiting, receiver, clock):
    row, _, _ = waiting
    for changes in ({"level": "volunteer", "organisation": add_organisation("City")}, {"ended_ms": 5}):
        Account.objects.filter(pk=row.account_id).update(**changes)
        clock.at_ms += 5_001
        assert send(row, clock) == 0
    assert due_webhooks(clock()) == []
    assert receiver.came == []
    Account.objects.filter(pk=row.account_id).update(level="super", organisation=None, ended_ms=None)
    clock.at_ms += 5_001
    assert send(row, clock) == 1


def test_who_answers_gone_is_switched_off(waiting, receiver, clock):
    row, message, _ = waiting
    receiver.answers = [410]
    send(row, clock)
    assert state(message)[3] == "gone"
    assert Webhook.objects.get().paused_ms is not None
    record = AuditRecord.objects.get(kind="webhook", action="correct")
    assert (record.account, record.fields) == (None, ["is_off"])
    clock.at_ms += 10**9
    assert due_webhooks(clock()) == []


def test_a_name_that_leads_inside_is_not_connected_to(receiver, monkeypatch):
    inside = Target("city.example", receiver.port, "/", tls=True)
    monkeypatch.setattr(posting, "look_up", lambda _: ["127.0.0.1"])
    assert post(inside, {}, b"", 5, plain=False) == Answer(failure=Failure.NOT_PUBLIC)
    monkeypatch.setattr(posting, "look_up", lambda _: ["8.8.8.8", "127.0.0.1"])
    assert post(inside, {}, b"", 5, plain=True) == Answer(failure=Failure.NOT_PUBLIC)
    assert receiver.came == []


def test_it_connects_to_the_address_that_was_checked(receiver, monkeypatch):
    asked = []
    monkeypatch.setattr(posting, "look_up", lambda target: asked.append(target.host) or ["127.0.0.1"])
    target = Target("no-such-host.invalid", receiver.port, "/x", tls=False)
    assert post(target, {}, b"{}", 5, plain=True) == Answer(204)
    assert asked == ["no-such-host.invalid"]
    assert receiver.came[0][1]["Host"] == f"no-such-host.invalid:{receiver.port}"


def test_who_speaks_no_tls_is_not_told(receiver):
    target = Target("127.0.0.1", receiver.port, "/", tls=True)
    assert post(target, {}, b"{}", 5, plain=True).failure in {Failure.NOT_TRUSTED, Failure.NO_ANSWER}
    nowhere = Target("no-such-host.invalid", 443, "/", tls=True)
    assert post(nowhere, {}, b"{}", 5, plain=True) == Answer(failure=Failure.UNKNOWN_HOST)
    assert receiver.came == []


def test_with_another_secret_of_the_centre_nothing_is_signed(waiting, receiver, clock, settings):
    row, message, _ = waiting
    settings.SECRET_KEY = "another one than before"
    assert send(row, clock) == 0
    assert state(message)[3] == "no_secret"
    assert receiver.came == []


def test_a_thread_of_its_own_sends_what_is_due(receiver, monkeypatch, shared_db):  # noqa: F811
    monkeypatch.setattr(sender, "_LOOK_EVERY_S", 0.01)
    row = Webhook.objects.create(
        account_id=actor("Zhao").account,
        name="board",
        url=receiver.url,
        sealed=seal(make_secret()),
        made_ms=0,
    )
    message = message_of(row, TRIAL, [], 0)
    message.save()
    stop = threading.Event()
    with sender.webhooks_sent(stop, plain=True):
        assert receiver.something_came.wait(PATIENCE_S)
    assert state(message) == ("delivered", 1, 204, "")
    assert stop.is_set()
