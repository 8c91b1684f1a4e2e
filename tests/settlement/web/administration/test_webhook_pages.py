"""Webhooks on pages: set up after the password is said again, looked at, tried, switched off and deleted."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from msgspec.structs import replace

from foundation.words import LANGUAGES, Words
from settlement.accounts.actor import Level
from settlement.models import AuditRecord, Webhook, WebhookDelivery
from settlement.webhooks.deliveries import MOST_AT_ONCE
from settlement.webhooks.events import TRIAL, LineEvent
from settlement.webhooks.outbox import message_of
from settlement.webhooks.posting import Failure
from settlement.webhooks.signing import unseal
from tests.settlement.actors import actor
from tests.settlement.web.administration.conftest import told
from tests.settlement.web.administration.test_token_pages import PASSWORD, hashed, passwords  # noqa: F401
from tests.settlement.web.conftest import Browser, browser_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_noon")]

URL = "https://city.example/hook"
NEW = {"name": "City <b>board</b>", "url": URL, "kind": [*LineEvent], "reason": "for the board"}


@pytest.fixture
def confirmed(passwords, browse):  # noqa: F811
    def _confirmed(name):
        client = browse(name)
        client.post("/account/again/", {"password": PASSWORD})
        return client

    return _confirmed


def webhook_of(who, name="board", **more):
    return Webhook.objects.create(
        account_id=who.account, name=name, url=URL, kinds=[*LineEvent], made_ms=0, **more
    )


def test_one_is_set_up_and_its_secret_shown_once(confirmed, district):
    client = confirmed("sun")
    page = told(client.post("/webhooks/made", NEW | {"organisation": district.path}))
    secret = re.search(r"whsec_[\w+/=]{44}", page)[0]
    row = Webhook.objects.get()
    assert (row.account.login, row.organisation, row.url, row.kinds) == (
        "sun",
        district,
        URL,
        sorted(LineEvent),
    )
    assert unseal(row.sealed) == secret
    assert secret not in row.sealed
    for address in ("/webhooks/", f"/webhooks/{row.pk}/"):
        shown = told(client.get(address))
        assert secret not in shown
        assert "City &lt;b&gt;board" in shown
    record = AuditRecord.objects.get(kind="webhook", action="enter")
    assert (record.name, record.reason) == ("Sun", "for the board")


def test_who_logged_in_before_says_the_password_again_first(passwords, browse):  # noqa: F811
    client = browse("sun")
    assert client.get("/webhooks/new")["Location"].startswith("/account/again/")
    assert client.post("/webhooks/made", NEW)["Location"].startswith("/account/again/")
    assert not Webhook.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"name": ""}, "has 1 to 40 characters"),
        ({"kind": []}, "told of nothing"),
        ({"url": "http://city.example/"}, "no address that may be told"),
        ({"url": "https://127.0.0.1/"}, "is no public machine"),
        ({"url": "https://169.254.169.254/"}, "is no public machine"),
        ({"organisation": "7777"}, "not in the reach"),
        ({"organisation": ""}, None),
    ],
)
def test_what_is_wrong_is_told_at_the_form(wrong, why, confirmed, district):
    page = told(
        confirmed("sun").post("/webhooks/made", NEW | {"organisation": district.path} | wrong, follow=True)
    )
    if why is None:
        # Without a place it is the own one, never the whole tree.
        assert Webhook.objects.get().organisation == district
    else:
        assert why in page
        assert not Webhook.objects.exists()


def test_this_machine_is_told_where_the_centre_is_served_in_the_clear(confirmed, settings):
    settings.CENTRE = replace(settings.CENTRE, web=replace(settings.CENTRE.web, https=False))
    confirmed("sun").post("/webhooks/made", NEW | {"url": "http://127.0.0.1:9/"})
    assert Webhook.objects.get().url == "http://127.0.0.1:9/"


def test_each_sees_and_changes_the_own_and_those_below(staff, browse):
    rows = {name: webhook_of(staff[name], name) for name in ("zhao", "wu", "sun", "qian", "chen")}
    assert names_on(told(browse("zhao").get("/webhooks/"))) == ["chen", "qian", "sun", "wu", "zhao"]
    assert names_on(told(browse("sun").get("/webhooks/"))) == ["qian", "sun"]
    assert names_on(told(browse("qian").get("/webhooks/"))) == ["qian"]
    client = browse("sun")
    for far in (rows["wu"].pk, rows["chen"].pk, 10**6):
        for page in ("", "ask/end"):
            assert client.get(f"/webhooks/{far}/{page}").status_code == 404
        for page in ("done/end", "tried", "again/1"):
            assert client.post(f"/webhooks/{far}/{page}", {"reason": "x"}).status_code == 404
    assert Webhook.objects.filter(ended_ms=None).count() == 5
    assert client.get(f"/webhooks/{rows['sun'].pk}/ask/nonsense").status_code == 404


def names_on(page):
    return re.findall(r'<th scope="row"><a href="/webhooks/\d+/"><bdi>([^<]+)</bdi>', page)


def test_it_is_switched_off_and_on_and_deleted_with_a_reason(staff, browse):
    row, client = webhook_of(staff["qian"]), browse("sun")
    message_of(row, TRIAL, [], 0).save()

    def act(what, reason="a new board"):
        assert what in told(client.get(f"/webhooks/{row.pk}/ask/{what}"))
        page = told(client.post(f"/webhooks/{row.pk}/done/{what}", {"reason": reason}, follow=True))
        row.refresh_from_db()
        return page

    act("off", " ")
    assert row.paused_ms is None
    assert "is switched off" in act("off")
    assert row.paused_ms is not None
    assert "is switched on" in act("on")
    assert row.paused_ms is None
    assert "is deleted" in act("end")
    assert (row.ended_ms is not None, row.sealed) == (True, "")
    assert not WebhookDelivery.objects.exists()
    assert client.get(f"/webhooks/{row.pk}/").status_code == 404
    records = AuditRecord.objects.filter(kind="webhook").exclude(action="look").order_by("pk")
    assert [(one.action, one.reason) for one in records] == [
        ("correct", "a new board"), ("correct", "a new board"), ("remove", "a new board")
    ]  # fmt: skip


def test_a_trial_is_sent_and_a_message_sent_again(staff, browse):
    row, client = webhook_of(staff["qian"]), browse("qian")
    assert "on its way" in told(client.post(f"/webhooks/{row.pk}/tried", follow=True))
    message = WebhookDelivery.objects.get()
    WebhookDelivery.objects.update(
        state="given_up",
        failure=Failure.REDIRECTED,
        status=302,
        tries=10,
        next_ms=None,
        ended_ms=5,
        tried_ms=5,
    )
    page = told(client.get(f"/webhooks/{row.pk}/"))
    assert "given up" in page
    assert "which is not followed" in page
    assert ">302<" in page
    assert "given up: 1" in told(client.get("/webhooks/"))
    client.post(f"/webhooks/{row.pk}/again/{message.pk}")
    again = WebhookDelivery.objects.get()
    assert (again.message, again.state, again.tries) == (message.message, "waiting", 0)
    assert again.next_ms is not None
    assert "There is no message" in told(client.post(f"/webhooks/{row.pk}/again/{10**6}", follow=True))


def test_it_is_for_whoever_reads_people(browse, city, staff):
    row = webhook_of(staff["sun"])
    assert Browser().get("/webhooks/")["Location"].startswith("/account/log-in/")
    volunteer = browser_of(actor("Mei", Level.VOLUNTEER, city.path))
    for page in ("/webhooks/", "/webhooks/new", f"/webhooks/{row.pk}/"):
        assert volunteer.get(page).status_code == 403
    assert volunteer.post("/webhooks/made", NEW).status_code == 403


@pytest.mark.parametrize("address", ["/webhooks/", "/webhooks/{}/"])
def test_page_follows_page_with_as_many_queries(address, staff, browse):
    client, row = browse("qian"), webhook_of(staff["qian"])
    message_of(row, TRIAL, [], 0).save()
    address = address.format(row.pk)
    client.get(address)
    with CaptureQueriesContext(connection) as few:
        client.get(address)
    for number in range(MOST_AT_ONCE + 1):
        webhook_of(staff["qian"], f"b{number}")
        message_of(row, TRIAL, [], 0).save()
    with CaptureQueriesContext(connection) as many:
        first = told(client.get(address))
    assert len(few) == len(many) <= 12
    following = re.search(r'href="(\?[^"]*)" rel="next"', first)[1]
    second = told(client.get(f"{address}{following}"))
    assert [page.count('<th scope="row">') for page in (first, second)] == [MOST_AT_ONCE, 2]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_way_to_fail_is_told_in_the_readers_language(language, staff, browse):
    row, words = webhook_of(staff["qian"]), Words(language)
    for failure in Failure:
        message = message_of(row, LineEvent.SETTLED, [], 0)
        message.tries, message.failure = 1, failure
        message.save()
    page = told(browse("qian").get(f"/webhooks/{row.pk}/?language={language}"))
    for failure in Failure:
        assert words.say(f"webhook_failure-{failure}").replace("'", "&#x27;") in page
    assert words.say("webhook_kind-lines_settled") in page
    assert "page-" not in page
