"""What the centre's tests share: a database in a file, a centre, terminals that write real chains.

`tests/postgresql.py` runs the same tests with PostgreSQL.
"""

# Models are imported where they are used: the tests of the pure rules load this file too, without Django.

import shutil
from functools import partial

import msgspec
import pytest

from sync.contract import wire
from tests.settlement import served_day
from tests.settlement.paper_terminal import NOON_MS, PaperTerminal
from tests.settlement.real_broker import Broker, wait_until

HOUR = 3_600_000


@pytest.fixture(scope="session")
def cheap_passwords():
    """Wherever there is a database, a password that is set or typed costs little."""
    from django.test import override_settings

    with override_settings(PASSWORD_HASHERS=["tests.settlement.cheap_passwords.CheapHasher"]):
        yield


@pytest.fixture(scope="session")
def django_db_keepdb(cheap_passwords):
    """Tables are copied, not made, and what is there already is used."""
    return True


@pytest.fixture(scope="session")
def django_db_modify_db_settings(tmp_path_factory, django_db_modify_db_settings_parallel_suffix):
    """A database of each worker's own with the tables: in a real file, as in production, or on the server."""
    from django.db import connections

    from tests.settlement.made_tables import make_on_server, tables_in_a_file

    connection = connections["default"]
    if connection.vendor == "sqlite":
        file = tmp_path_factory.mktemp("database") / "centre.sqlite3"
        shutil.copyfile(tables_in_a_file(), file)
        connection.settings_dict["TEST"]["NAME"] = str(file)
    else:
        make_on_server(connection.creation._get_test_db_name())


@pytest.fixture(scope="module")
def kept_for_the_module(django_db_setup, django_db_blocker):
    """Runs a function whose rows all tests of a module find as they were made; afterwards they are gone.

    What a test changes is taken back with its transaction.
    """
    from django.db import connection

    from tests.settlement.made_tables import empty_again

    def make(function):
        with django_db_blocker.unblock():
            made = function()
            connection.close()
        return made

    yield make
    with django_db_blocker.unblock():
        empty_again()


@pytest.fixture
def paper_terminal():
    return PaperTerminal


@pytest.fixture
def noon_ms():
    return NOON_MS


@pytest.fixture
def centre():
    return served_day.a_centre()


@pytest.fixture
def site(db):
    return served_day.north_gate()


@pytest.fixture
def fair(site):
    """An activity from 09:00 to 17:00 in Shanghai, executing since midnight."""
    return served_day.lantern_fair(site)


@pytest.fixture
def market(site):
    """Another activity at the site, which is under way as long as the fair."""
    from settlement.models import Activity, PhaseChange

    activity = Activity.objects.create(id="market", site=site, title="Market")
    PhaseChange.objects.create(activity=activity, phase="executing", from_ms=NOON_MS - 12 * HOUR)
    return activity


@pytest.fixture
def mei(db):
    return served_day.volunteer(1001, "Mei", "zh-Hans")


@pytest.fixture
def terminal(site):
    """An enrolled terminal whose log has been opened."""
    return served_day.opened_terminal(site)


@pytest.fixture
def rules(db):
    """The rules in the settings, entered as the version that results name."""
    return served_day.enter_rules()


@pytest.fixture
def deliver(terminal, centre):
    """Brings a stretch of the terminal's log to the centre, in the evening unless told otherwise."""
    return partial(served_day.deliver, terminal, centre)


@pytest.fixture
def evening_ms():
    return served_day.EVENING_MS


@pytest.fixture
def ended_fair(fair):
    """The fair, ended at 18:00; its shift is from 09:00 to 17:00."""
    return served_day.end_at_six(fair)


@pytest.fixture
def wei(db):
    return served_day.volunteer(1002, "Wei")


@pytest.fixture
def hear(terminal, centre):
    """The terminal says how far its log reaches."""
    return partial(served_day.hear, terminal, centre)


@pytest.fixture
def settle(rules, evening_ms):
    from settlement.settling.settler import settle_dirty

    return lambda at_ms=evening_ms: settle_dirty(at_ms)


@pytest.fixture
def serve(terminal, centre, rules):
    """Lets a volunteer serve from one hour to another (counted from noon), and settles it."""
    return partial(served_day.serve, terminal, centre)


@pytest.fixture
def reviewer(evening_ms):
    """Makes a reviewer who decides in the evening."""
    from settlement.review.decide import Reviewer
    from tests.settlement.actors import actor

    return lambda name="staff1", now_ms=evening_ms, **more: Reviewer(actor(name), now_ms, **more)


@pytest.fixture
def entries():
    """The ledger in few words: (volunteer, kind, rev, seconds, state, reason)."""
    from settlement.ledger.entries import read_entries
    from settlement.models import LedgerEntry

    def _entries():
        found = [stored.entry for stored in read_entries(LedgerEntry.objects.all())]
        return [
            (int(e.key.volunteer), str(e.kind), e.rev, e.delta_s, str(e.state), e.reason and str(e.reason))
            for e in found
        ]

    return _entries


@pytest.fixture
def credit(rules, fair):
    """Writes approved (or pending) seconds into the ledger, as the settler and a reviewer would have."""
    import datetime as dt

    from settlement.models import LedgerEntry, Review

    def _credit(volunteer, seconds, day="2026-03-07", *, activity=fair, approved=True, kind="original"):
        same = LedgerEntry.objects.filter(
            volunteer=volunteer, activity=activity, local_date=dt.date.fromisoformat(day), kind=kind
        )
        entry = LedgerEntry.objects.create(
            volunteer=volunteer, activity=activity, local_date=dt.date.fromisoformat(day), kind=kind,
            rev=same.count() + 1, delta_s=seconds, reason="LATE_EVENT" if kind == "adjustment" else "",
            flags=[], hands=[], sessions=[], rules_id=rules.version, entered_ms=NOON_MS,
        )  # fmt: skip
        if approved:
            Review.objects.create(entry=entry, state="approved", by="staff1", at_ms=NOON_MS)
        return entry

    return _credit


@pytest.fixture
def city(fair):
    """Recorded the hours of the fair and may certify them."""
    from settlement.organisations.tree import add_organisation

    organisation = add_organisation("City of Lanterns", issuer="310115")
    organisation.in_charge = "Chen Yu"
    organisation.save()
    fair.organisation = organisation
    fair.content, fair.recipients = "guiding visitors", "guests of the fair"
    fair.save()
    return organisation


@pytest.fixture
def choir(site):
    """An activity that another organisation recorded."""
    from settlement.models import Activity
    from settlement.organisations.tree import add_organisation

    other = add_organisation("Choir association", issuer="310116")
    other.in_charge = "Wu Lan"
    other.save()
    return Activity.objects.create(
        id="choir", site=site, title="Choir", content="singing", recipients="old people", organisation=other
    )


@pytest.fixture
def read_acks(centre):
    """Opens what a terminal would open: the acknowledgements of an answer, seen to be the centre's."""

    def read(publications):
        acks = []
        for publication in publications:
            envelope = wire.read_envelope(publication.payload)
            acks.append(wire.unseal(envelope, wire.MessageKind.ACK, wire.Ack, centre.key.public))
        return acks

    return read


@pytest.fixture
def broker(tmp_path):
    running = Broker(tmp_path)
    running.start()
    yield running
    running.stop()


@pytest.fixture
def own_centre(tmp_path):
    """A database with its tables and settings of the test's own, for processes that it starts."""
    from tests.settlement.own_centre import OwnCentre

    centre = OwnCentre(tmp_path, has_tables=True)
    yield centre
    centre.drop()


@pytest.fixture
def eventually():
    return wait_until


@pytest.fixture
def encode():
    return msgspec.json.encode
