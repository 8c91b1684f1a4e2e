"""The demo's centre before the day: an empty database, then site, activity, people and their cards."""

import datetime as dt
import re
import threading
import time
from collections.abc import Callable, Iterator

from foundation.clock import open_clock
from foundation.words import FALLBACK, Words
from kiosk.provisioning.enrol import Enrolling
from muster.demo.day import ACTIVITY, Person
from muster.demo.site import Site
from settlement.accounts.actor import Actor
from settlement.settings import CentreSettings
from settlement.setup import start
from sync.contract.events import Assurance, Method
from sync.contract.pseudonym import Subject, keyed_reference
from sync.contract.roster import StaffRole
from sync.line.certificate_authority import CertificateKind

SITE = "north-gate"
_ORGANISATION = "0001"
"""Its place in the tree: the first at the top."""
ACCOUNTS = {"zhao": "Zhao Min", "qian": "Qian Li"}
"""The logins of those who decide at the demo's centre, and their names."""
_WEEK_MS = 7 * 86_400_000


def furnish(site: Site) -> None:
    """Fill the database of the site's centre and enrol its terminals; rosters come over the line."""
    settings = start(site.centre_config)
    _certify_carrier(site, settings)
    _add_site(site)
    director = _add_accounts(site)
    _enrol(site, settings, director)
    _add_people(site)
    _add_members(site)
    _add_staff(site)
    _take_objections(site, director)
    # Django's models can be imported only now that their settings are known.
    from settlement.accounts.audit import Signed
    from settlement.downlink.editions import give_settings

    now_ms = site.day.ms(site.day.opens)
    for terminal in site.terminals:
        give_settings(terminal, {"contact": "the demo's director"}, Signed(director, now_ms))


def send_code(site: Site, number: int, say: Callable[[str], None]) -> str:
    """Send a volunteer a code as a coordinator would; `say` tells the message, the digits are returned."""
    from settlement.codes.gateway import PrintingGateway
    from settlement.codes.issuing import issue_code
    from settlement.models import Site as SiteRow
    from settlement.models import Volunteer

    printed: list[str] = []

    def print_and_keep(text: str) -> None:
        printed.append(text)
        say(text)

    volunteer, place = Volunteer.objects.get(number=number), SiteRow.objects.get()
    phone = site.day.person(number).phone
    issue_code(volunteer, place, phone, PrintingGateway(print_and_keep), None, site.clock.wall_ms())
    return code_in(printed[0])


def code_in(text: str) -> str:
    """The six digits in a text message, "" where there are none."""
    found = re.search(r"(?<!\d)\d{6}(?!\d)", text)
    return found.group() if found else ""


def _certify_carrier(site: Site, settings: CentreSettings) -> None:
    """Let the centre's authority certify the key of a hostile line's carrier."""
    from settlement.authority.certificates import open_authority

    authority = open_authority(settings)
    site.certify_carrier(
        lambda key: authority.issue_for(key, "carrier", CertificateKind.LISTENER, dt.timedelta(days=2))
    )


def _enrol(site: Site, settings: CentreSettings, by: Actor) -> None:
    """Let the terminals join the centre as any other does: with a token, over HTTPS."""
    from settlement.authority.certificates import open_authority
    from settlement.enrolment.server import EnrolmentServer, open_context
    from settlement.enrolment.tokens import add_terminal

    clock = open_clock(settings.clock_file)
    server = EnrolmentServer(settings, open_authority(settings), clock, open_context(settings))
    serving = threading.Thread(target=server.serve_forever, name="enrolment", daemon=True)
    serving.start()
    try:
        for terminal, config in site.terminals.items():
            token = add_terminal(terminal, SITE, 60, by, site.clock.wall_ms(), settings=settings)
            Enrolling(config, Words(FALLBACK), _say_nothing, time.sleep).with_token(token.text())
    finally:
        server.shutdown()
        server.server_close()
        serving.join()


def _say_nothing(_text: str) -> None:
    """What a person at the terminal would read."""


def _add_site(site: Site) -> None:
    from settlement.accounts.audit import Signed
    from settlement.master_data.organisations import enter_organisation
    from settlement.master_data.sites import enter_site

    day = site.day
    signed = Signed(None, day.ms(day.opens))
    if day.organisation:
        enter_organisation(_ORGANISATION, day.organisation, signed, "999999")
    enter_site(
        SITE, signed, name=day.site, zone=day.zone, organisation=_ORGANISATION if day.organisation else ""
    )
    closes_ms = day.ms(day.closes) if day.closes else None
    _add_activity(
        site,
        ACTIVITY,
        day.activity,
        (day.ms(day.opens), closes_ms),
        (day.ms(day.shift[0]), day.ms(day.shift[1])),
    )
    for one in day.other_activity:
        begins_ms, ends_ms = map(day.moment_ms, one.executes)
        starts_ms, stops_ms = map(day.moment_ms, one.shift)
        _add_activity(site, one.id, one.title, (begins_ms, ends_ms), (starts_ms, stops_ms))


def _add_accounts(site: Site) -> Actor:
    """Two people who decide: only so can one confirm what the other entered. Returns the first."""
    from settlement.accounts.accounts import NewAccount, acting, add_account
    from settlement.accounts.actor import Level
    from settlement.accounts.audit import Signed

    now_ms = site.day.ms(site.day.opens)
    first: Actor | None = None
    for login, name in ACCOUNTS.items():
        add_account(NewAccount(login=login, name=name, level=Level.SUPER), Signed(first, now_ms))
        first = first or acting(login)
    assert first is not None  # noqa: S101 - there are two
    return first


def _add_activity(
    site: Site, name: str, title: str, executes: tuple[int, int | None], shift: tuple[int, int]
) -> None:
    from settlement.accounts.audit import Signed
    from settlement.master_data.activities import ActivityValues, enter_activity
    from settlement.rules.evidence import Phase

    begins_ms, ends_ms = executes
    phases = [(Phase.EXECUTING, begins_ms)]
    if ends_ms is not None:
        phases.append((Phase.ENDED, ends_ms))
    values = ActivityValues(
        id=name,
        site=SITE,
        title=title,
        organisation=_ORGANISATION if site.day.organisation else None,
        phases=tuple(phases),
        shifts=(shift,),
    )
    enter_activity(values, Signed(None, site.day.ms(site.day.opens)))


def _add_people(site: Site) -> None:
    from settlement.models import Credential, Volunteer
    from settlement.name_search import keep_name_keys

    for person in site.day.volunteer:
        volunteer = Volunteer.objects.create(
            number=person.number, display_name=person.name, language=person.language
        )
        keep_name_keys([volunteer], are_new=True)
        reprinted = person.number in site.reprinted()
        for serial in (1, 2) if reprinted else (1,):
            Credential.objects.create(
                ref=f"badge:{person.number}.{serial}",
                volunteer=volunteer,
                method=Method.BADGE,
                assurance=Assurance.MEDIUM,
                revoked_ms=site.day.ms(site.day.opens) if reprinted and serial == 1 else None,
            )
        for ref, method, assurance in _cards(site, person):
            Credential.objects.create(
                ref=ref,
                volunteer=volunteer,
                method=method,
                assurance=assurance,
                one_use=method is Method.SMS_CODE,
            )


def _add_members(site: Site) -> None:
    """Everybody belongs to the organisation since before the first thing that is known of them."""
    from settlement.models import Organisation, Volunteer
    from settlement.organisations.members import join

    day = site.day
    joined_ms = min((day.moment_ms(one.at) for one in day.past), default=day.ms(day.opens)) - _WEEK_MS
    for organisation in Organisation.objects.all():
        for volunteer in Volunteer.objects.all():
            join(volunteer, organisation, joined_ms)


def _take_objections(site: Site, by: Actor) -> None:
    from settlement.look_up import activity_called, volunteer_numbered
    from settlement.records.disputes import raise_dispute

    now_ms = site.day.ms(site.day.opens)
    for one in site.day.objection:
        volunteer, activity = volunteer_numbered(one.who), activity_called(one.activity)
        raise_dispute(volunteer, activity, one.on, one.says, by=by, now_ms=now_ms)


def _add_staff(site: Site) -> None:
    from settlement.accounts.audit import Signed
    from settlement.master_data.staff import enter_staff

    signed = Signed(None, site.day.ms(site.day.opens))
    for one in site.day.staff:
        enter_staff(one.reference, one.name, one.pin, signed, role=StaffRole.STAFF, site=None)


def _cards(site: Site, person: Person) -> Iterator[tuple[str, Method, Assurance]]:
    """What stands for a person besides their badge; only keyed hashes of it are stored."""
    known = [
        (Subject.CODE, person.other_code, Method.OTHER_CODE, Assurance.LOW),
        (Subject.ID_NUMBER, person.id_number, Method.ID_CARD, Assurance.HIGH),
        (Subject.TAG, person.tag, Method.TAG, Assurance.LOW),
        (Subject.CARD_UID, person.card_uid, Method.CARD, Assurance.LOW),
        (Subject.PHONE, person.phone, Method.SMS_IN, Assurance.LOW),
        *((Subject.SMS_CODE, code, Method.SMS_CODE, Assurance.MEDIUM) for code in person.sms_codes),
    ]
    for subject, text, method, assurance in known:
        if text:
            yield keyed_reference(site.pseudonym_key, subject, text), method, assurance
