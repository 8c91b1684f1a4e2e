"""What the centre's tests share: a database in a file, a centre, terminals that write real chains.

`tests/postgresql.py` runs the same tests with PostgreSQL.
"""

# Models are imported where they are used: the tests of the pure rules load this file too, without Django.

import shutil

import msgspec
import pytest

from sync.contract import wire
from sync.contract.handover import CentreKeys
from sync.contract.signing import SigningKey
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
    from settlement.centre import Centre
    from settlement.settings import QuarantineSettings

    key = SigningKey.from_seed(b"c" * 32)
    return Centre(wire.Realm.LIVE, "a" * 32, 1, key, CentreKeys((key.public,)), QuarantineSettings())


@pytest.fixture
def site(db):
    from settlement.models import Site

    return Site.objects.create(code="north", name="North gate", zone="Asia/Shanghai")


@pytest.fixture
def fair(site):
    """An activity from 09:00 to 17:00 in Shanghai, executing since midnight."""
    from settlement.models import Activity, PhaseChange, Shift

    activity = Activity.objects.create(id="fair", site=site, title="Lantern fair")
    Shift.objects.create(activity=activity, start_ms=NOON_MS - 3 * HOUR, end_ms=NOON_MS + 5 * HOUR)
    PhaseChange.objects.create(activity=activity, phase="executing", from_ms=NOON_MS - 12 * HOUR)
    return activity


@pytest.fixture
def market(site):
    """Another activity at the site, which is under way as long as the fair."""
    from settlement.models import Activity, PhaseChange

    activity = Activity.objects.create(id="market", site=site, title="Market")
    PhaseChange.objects.create(activity=activity, phase="executing", from_ms=NOON_MS - 12 * HOUR)
    return activity


@pytest.fixture
def mei(db):
    from settlement.models import Volunteer
    from settlement.name_search import keep_name_keys

    mei = Volunteer.objects.create(number=1001, display_name="Mei", language="zh-Hans")
    keep_name_keys([mei], are_new=True)
    return mei


@pytest.fixture
def terminal(site):
    """An enrolled terminal whose log has been opened."""
    paper = PaperTerminal()
    paper.enrol(site)
    paper.start()
    return paper


@pytest.fixture
def rules(db):
    """The rules in the settings, entered as the version that results name."""
    from django.conf import settings

    from settlement.models import RuleVersion

    version = settings.CENTRE.rules.version
    RuleVersion.objects.get_or_create(version=version, defaults={"content": {}, "first_used_ms": 0})
    return settings.CENTRE.rules


@pytest.fixture
def deliver(terminal, centre):
    """Brings a stretch of the terminal's log to the centre, in the evening unless told otherwise."""
    from settlement.ingest.ingest import ingest

    def _deliver(first=1, last=None, received_ms=NOON_MS + 10 * HOUR):
        return ingest(terminal.batch_topic, terminal.batch(first, last), received_ms, centre=centre)

    return _deliver


@pytest.fixture
def evening_ms():
    return NOON_MS + 11 * HOUR


@pytest.fixture
def ended_fair(fair, noon_ms):
    """The fair, ended at 18:00; its shift is from 09:00 to 17:00."""
    from settlement.models import PhaseChange

    PhaseChange.objects.create(activity=fair, phase="ended", from_ms=noon_ms + 6 * HOUR)
    return fair


@pytest.fixture
def wei(db):
    from settlement.models import Volunteer
    from settlement.name_search import keep_name_keys

    wei = Volunteer.objects.create(number=1002, display_name="Wei")
    keep_name_keys([wei], are_new=True)
    return wei


@pytest.fixture
def hear(terminal, centre, evening_ms):
    """The terminal says how far its log reaches."""
    from settlement.ingest.ingest import ingest

    def _hear(at_ms=evening_ms, **changes):
        ingest(terminal.hello_topic, terminal.hello(**changes), at_ms, centre=centre)

    return _hear


@pytest.fixture
def settle(rules, evening_ms):
    from settlement.settling.settler import settle_dirty

    return lambda at_ms=evening_ms: settle_dirty(at_ms)


@pytest.fixture
def serve(terminal, deliver, hear, settle, noon_ms):
    """Lets a volunteer serve from one hour to another (counted from noon), and settles it."""

    def _serve(came=-3, left=5, number=1001):
        first = len(terminal.events) + 1
        if came is not None:
            terminal.check_in(f"badge:{number}.1", wall_ms=noon_ms + int(came * HOUR))
        if left is not None:
            terminal.check_out(f"badge:{number}.1", wall_ms=noon_ms + int(left * HOUR))
        deliver(1 if first == 2 else first)
        hear()
        settle()

    return _serve


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
