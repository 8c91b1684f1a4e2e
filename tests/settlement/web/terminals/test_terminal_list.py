"""Terminals at a glance: those in trouble first, each with why, page by page."""

import re
import time

import pytest

from settlement.models import RosterEdition, Terminal, TerminalStatus, TlsCertificate
from settlement.review.terminals_now import MOST_AT_ONCE
from tests.settlement.web.terminals.conftest import told

pytestmark = pytest.mark.django_db

HOUR = 3_600_000
DAY = 86_400_000


@pytest.fixture
def quiet(site):
    """A terminal that was never heard of."""
    return Terminal.objects.create(id="quiet", site=site, bucket="08", public_key="a" * 64, realm="live")


NEW = {"site_id": "north", "bucket": "09", "realm": "live"}


def heard_just_now(row, now_ms):
    TerminalStatus.objects.create(
        terminal=row, hello_ms=now_ms, said_ms=now_ms, boot_began_ms=0, boot="", mono_ms=0, wall_ms=0,
        clock_state="synced", roster=1, config=0, unsent=0, software="x",
    )  # fmt: skip


def test_those_in_trouble_come_first_and_each_says_why(terminal, hear, quiet, zhao, pages_at, evening_ms):
    hear(unsent=7, software="0.2.0", roster=3)
    RosterEdition.objects.create(
        terminal_id="north-gate", version=4, digest="", sealed=b"", made_ms=evening_ms
    )
    pages_at(evening_ms)
    heard_just_now(Terminal.objects.create(id="a-well", public_key="b" * 64, **NEW), evening_ms)
    page = told(zhao.get("/terminals/"))
    assert re.findall(r">(quiet|north-gate|a-well)</bdi>", page) == ["north-gate", "quiet", "a-well"]
    assert "silent" in page
    row = re.search(r"<tr[^>]*>\s*<th[^>]*><a href=\"/terminals/north-gate/\".*?</tr>", page, re.DOTALL)[0]
    assert "alarming" in row  # what it told of is not here
    assert "events missing: 1" in row
    for shown in ("0.2.0", ">7<", ">3<", ">4<"):
        assert shown in row


def test_a_terminal_without_a_roster_says_so_in_words(terminal, hear, zhao, pages_at, evening_ms):
    hear(roster=0, config=0)
    pages_at(evening_ms)
    assert told(zhao.get("/terminals/")).count("none yet") == 2


def test_a_terminal_of_which_all_is_here_is_well(terminal, deliver, hear, zhao, pages_at, evening_ms):
    deliver(received_ms=evening_ms)
    hear()
    pages_at(evening_ms)
    assert "nothing wrong" in told(zhao.get("/terminals/"))
    assert "No such terminal." in told(zhao.get("/terminals/?kept=troubled"))
    pages_at(evening_ms + HOUR)
    assert "silent" in told(zhao.get("/terminals/?kept=troubled"))


def test_a_certificate_that_ends_soon_is_trouble(terminal, deliver, hear, zhao, pages_at, evening_ms):
    deliver(received_ms=evening_ms)
    hear()
    pages_at(evening_ms)
    now_ms = time.time_ns() // 1_000_000
    TlsCertificate.objects.create(
        serial="1", name="north-gate", kind="terminal", fingerprint="", key_digest="", pem="",
        not_before_ms=0, not_after_ms=now_ms + 3 * DAY + HOUR, issued_ms=0,
    )  # fmt: skip
    page = told(zhao.get("/terminals/?kept=troubled"))
    assert "certificate ends soon" in page
    assert re.search(r'class="number">3</td>', page)
    TlsCertificate.objects.update(not_after_ms=now_ms + 300 * DAY)
    assert "No such terminal." in told(zhao.get("/terminals/?kept=troubled"))


def test_it_is_filtered_by_name_site_and_state(terminal, quiet, zhao):
    Terminal.objects.filter(id="quiet").update(revoked_ms=1)
    assert ">quiet<" not in told(zhao.get("/terminals/"))
    assert ">quiet<" in told(zhao.get("/terminals/?kept=revoked"))
    assert ">north-gate<" in told(zhao.get("/terminals/?text=North"))
    assert ">north-gate<" not in told(zhao.get("/terminals/?text=south"))
    mended = told(zhao.get("/terminals/?text=south&kept=nonsense"))
    assert ">north-gate<" not in mended, "one bad part leaves the others"
    assert "left out of the filter: what is shown" in mended
    assert 'href="?"><bdi>Name or site: south</bdi>' in mended
    for strange in ("kept=nonsense", "after=%00", "after=7-x", "text=%00", "after=" + "9" * 60):
        assert zhao.get(f"/terminals/?{strange}").status_code == 200


def test_page_follows_page_until_each_was_shown_once(site, terminal, zhao, at_noon, noon_ms):
    """Some in trouble, some not, so that a page holds both and the next goes on behind."""
    for number in range(MOST_AT_ONCE + 60):
        row = Terminal.objects.create(id=f"t{number:03d}", public_key=f"{number:064d}", **NEW)
        if number % 4 == 0:
            heard_just_now(row, noon_ms)
    seen, page = [], told(zhao.get("/terminals/"))
    while True:
        seen += re.findall(r'<th scope="row"><a href="/terminals/([\w-]+)/"', page)
        following = re.search(r'href="(\?[^"]*)" rel="next"', page)
        if not following:
            break
        page = told(zhao.get("/terminals/" + following[1].replace("&amp;", "&")))
    assert len(seen) == len(set(seen)) == MOST_AT_ONCE + 61
