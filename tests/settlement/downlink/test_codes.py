import pytest

from settlement.models import Volunteer
from settlement.settling.merging import merge_numbers
from sync.contract import downlink, wire
from sync.contract.downlink import Codes, Command
from tests.settlement.actors import actor


@pytest.fixture
def read_orders(centre):
    """The commands among what is published, opened as their terminals would."""

    def read(publications):
        found = []
        for one in publications:
            if one.topic.endswith("/command"):
                name = one.topic.split("/")[3]
                opened, _ = downlink.open_told(
                    one.payload, Command, centre=centre.key.public, terminal=name, realm=wire.Realm.LIVE
                )
                found.append(opened)
        return found

    return read


@pytest.fixture
def give(centre, noon_ms, read_orders):
    from settlement.downlink.codes import new_codes

    return lambda after_ms=0: read_orders(new_codes(centre, noon_ms + after_ms))


@pytest.fixture
def greet(terminal, centre, noon_ms, read_orders):
    from settlement.ingest.ingest import ingest

    return lambda after_ms=0: read_orders(
        ingest(terminal.hello_topic, terminal.hello(), noon_ms + after_ms, centre=centre).publications
    )


def refs(commands):
    return [(one.terminal, [code.ref for code in one.order.codes]) for one in commands]


def test_a_new_code_goes_to_every_terminal_of_its_site_once(issue, give, terminal, site, paper_terminal):
    second = paper_terminal("south-gate")
    second.enrol(site)
    issued = issue()
    assert refs(give()) == [("north-gate", [issued.ref]), ("south-gate", [issued.ref])]
    assert give(1000) == []


def test_it_says_when_it_was_given_and_when_it_is_too_late(issue, give, terminal, noon_ms):
    issue()
    [command] = give(2000)
    assert isinstance(command.order, Codes)
    assert (command.order.given_ms, command.deadline_ms) == (
        noon_ms + 2000,
        noon_ms + 2000 + 60_000,
    )
    [code] = command.order.codes
    assert (code.volunteer, code.expires_ms) == ("1001", noon_ms + 600_000)


def test_terminals_elsewhere_and_revoked_ones_get_none(issue, give, terminal, paper_terminal):
    from settlement.models import Site, Terminal

    elsewhere = Site.objects.create(code="south", name="South", zone="Asia/Shanghai")
    paper_terminal("south-gate").enrol(elsewhere)
    Terminal.objects.filter(id="north-gate").update(revoked_ms=1)
    issue()
    assert give() == []


def test_a_terminal_that_greets_is_given_what_still_lives(issue, give, greet):
    issued = issue()
    give()
    assert refs(greet(600_000 - 1)) == [("north-gate", [issued.ref])]
    assert greet(600_000) == []


def test_a_code_that_ended_before_anybody_looked_is_given_to_nobody(issue, give, terminal):
    issue()
    assert give(600_000) == []


def test_many_codes_go_in_several_orders(issue, greet, monkeypatch):
    from settlement.downlink import codes as giving

    monkeypatch.setattr(giving, "MAX_CODES", 2)
    for _ in range(3):
        issue()
    assert [len(one.order.codes) for one in greet()] == [2, 1]


def test_a_code_of_a_number_that_is_merged_meanwhile_is_the_kept_ones(issue, give, terminal, rules, noon_ms):
    issue()
    Volunteer.objects.create(number=2001, display_name="Mei Li")
    merge_numbers(2001, 1001, actor("Zhao"), "same card", noon_ms)
    [command] = give()
    assert [code.volunteer for code in command.order.codes] == ["2001"]
