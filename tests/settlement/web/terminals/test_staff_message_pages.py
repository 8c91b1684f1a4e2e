"""What staff write at a terminal comes to whoever runs it, once, and says who read it."""

import pytest

from foundation.words import LANGUAGES
from settlement.accounts.actor import Level
from settlement.models import StaffMessage
from sync.contract import events
from tests.settlement.actors import actor
from tests.settlement.web.conftest import Browser, browser_of
from tests.settlement.web.terminals.conftest import queries, told

pytestmark = pytest.mark.django_db

PAGE = "/terminal-messages/"


@pytest.fixture
def written(terminal, city, deliver, noon_ms):
    terminal.log(events.StaffMessage, by="liaison-7", text="No <paper>", wall_ms=noon_ms)
    deliver()
    deliver()
    return StaffMessage.objects.get()


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_waits_in_the_inbox_until_somebody_has_read_it(language, written, inside, at_noon):
    client = inside()
    assert f'href="{PAGE}"' in told(client.get("/inbox/"))
    assert f'href="{PAGE}?terminal=north-gate"' in told(client.get("/terminals/north-gate/"))
    page = told(client.get(f"{PAGE}?language={language}"))
    assert "No &lt;paper&gt;" in page
    assert "liaison-7" in page
    read = f"{PAGE}{written.pk}/read"
    page = told(client.post(read, follow=True))
    assert read not in page
    first = StaffMessage.objects.get()
    assert (first.read_by.startswith("Wu"), first.read_ms is None) == (True, False)
    assert f'href="{PAGE}"' not in told(client.get("/inbox/"))
    inside(Level.SENIOR).post(read)
    assert StaffMessage.objects.get() == first
    assert client.post(f"{PAGE}999/read").status_code == 302


def test_nobody_reads_beyond_the_own_reach_or_level(written, city, inside, outsider, at_noon):
    read = f"{PAGE}{written.pk}/read"
    volunteer = browser_of(actor("1001", Level.VOLUNTEER, city.path))
    assert [one.get(PAGE).status_code for one in (Browser(), volunteer, inside(Level.MIDDLE))] == [
        302,
        403,
        403,
    ]
    assert [one.post(read).status_code for one in (Browser(), volunteer, inside(Level.MIDDLE))] == [
        403,
        403,
        403,
    ]
    assert "paper" not in told(outsider.get(PAGE))
    outsider.post(read)
    assert StaffMessage.objects.get().read_ms is None


def test_the_page_costs_the_same_for_any_number(written, inside):
    client = inside()
    client.get(PAGE)
    costs = [queries(client, PAGE)]
    for seq in range(10, 20):
        StaffMessage.objects.create(
            terminal_id="north-gate", chain=written.chain, seq=seq, by="x", text="y", at_ms=seq, came_ms=seq
        )
    costs.append(queries(client, PAGE))
    assert costs[0] == costs[1] <= 12
