"""A certificate of service as PDF: what it states, and a code that leads to the page where it is checked."""

import datetime as dt
from collections.abc import Collection
from contextlib import closing
from functools import cache
from threading import Lock

from foundation.errors import RulesError, SettingsError
from foundation.words import Words
from settlement.accounts.actor import Actor
from settlement.accounts.audit import Action, Kind, Signed, note
from settlement.accounts.authority import Deed, check_may
from settlement.badges.fonts import DEBIAN_FONTS, Fonts
from settlement.badges.libraries import missing_libraries
from settlement.look_up import storable
from settlement.loopback import is_loopback
from settlement.models import Certificate
from settlement.papers.sheet import ColumnOf, Sheet
from settlement.proof.proving import proof_of
from settlement.reach import reach_of
from settlement.recognition.certificate_check import CertificateState, standing_of_certificate, token_of
from settlement.recognition.certificates import CertifiedLine, Content, content_of
from settlement.rules.hours import certificate_hours
from settlement.troubles import CentreTrouble, DecisionTrouble
from sync.contract.wire import Realm

_one_at_a_time = Lock()
"""Chinese fonts take 50 MB while a sheet is drawn, and the pages' process has 400 MB for all its readers."""
_PROOF_MM = 75.0
"""The side of a code of up to 1,536 bytes, whose squares are then half a millimetre wide."""
_PARTS = {"date": 0.13, "activity": 0.21, "content": 0.20, "site": 0.15, "recipients": 0.18, "hours": 0.13}


def certificate_paper(
    number: str, by: Actor, pages: str, words: Words, now_ms: int, banner: str = ""
) -> bytes:
    """The PDF of a certificate, for whose it is or who reads of people and reaches its issuer; it is noted.

    `pages` is the public address of the centre's pages, `banner` what must stand above all. Raises RulesError
    UNKNOWN_CERTIFICATE, NOT_ALLOWED; SettingsError PAPER_LIBRARIES_MISSING, FONTS_MISSING, PAPER_UNWRITABLE.
    """
    issued = certificate_for(number, by)
    with_it = draw_certificate(issued, pages, words, banner)
    signed = Signed(by, now_ms)
    note(Action.EXPORT, Kind.VOLUNTEER, f"certificate {issued.number}", signed)
    return with_it


def certificate_for(number: str, by: Actor) -> Certificate:
    """A certificate; raises RulesError NOT_ALLOWED, and UNKNOWN_CERTIFICATE for one out of reach, too."""
    rows = Certificate.objects.select_related("stale", "superseded_by", "organisation")
    found = rows.filter(pk=storable(number)).first()
    if found is not None and by.is_volunteer(found.volunteer_id):
        return found
    check_may(by, Deed.READ_PEOPLE)
    if found is None or not reach_of(by).certificates().filter(pk=found.pk).exists():
        raise RulesError(DecisionTrouble.UNKNOWN_CERTIFICATE, number=number[:40])
    return found


def draw_certificate(issued: Certificate, pages: str, words: Words, banner: str = "") -> bytes:
    """The PDF; raises SettingsError as `certificate_paper` does."""
    if missing := missing_libraries():
        raise SettingsError(CentreTrouble.PAPER_LIBRARIES_MISSING, missing=missing)
    title, made = words.say("page-certificate"), dt.datetime.fromtimestamp(issued.issued_ms // 1000, dt.UTC)
    with (
        _one_at_a_time,
        closing(Sheet(_fonts(), words.direction, made, f"{title} {issued.number}", issued.number)) as sheet,
    ):
        _draw(sheet, issued, pages, words, banner)
        return sheet.pdf()


def _draw(sheet: Sheet, issued: Certificate, pages: str, words: Words, banner: str) -> None:
    content, standing = content_of(issued), standing_of_certificate(issued)
    if banner:
        sheet.heading(banner, 12)
    sheet.gap(6)
    sheet.heading(words.say("page-certificate"), 22)
    sheet.gap(4)
    if standing is not CertificateState.VALID:
        newer = getattr(issued, "superseded_by", None)
        sheet.line(words.code("certificate", standing, newer=newer.number if newer else ""), 11)
        sheet.gap(3)
    for label, text in _stated(issued, content, words):
        sheet.value(label, text)
    sheet.gap(5)
    columns = [
        ColumnOf(words.say(f"page-{name}"), part, is_number=name == "hours") for name, part in _PARTS.items()
    ]
    sheet.table(columns, [_cells(line) for line in content.service_content])
    sheet.gap(8)
    token = token_of(issued)
    address = f"{pages.rstrip('/')}/certificate"
    named = (
        (words.say("page-certificate_number"), issued.number),
        (words.say("page-certificate_token"), token),
    )
    beside = (words.say("paper-check"), f"{address}/", *(f"{name}: {text}" for name, text in named))
    sheet.code(f"{address}/{issued.number}/{token}", beside)
    proof = proof_of("certificate", issued.number)
    if proof:
        sheet.gap(6)
        sheet.code(str(proof), (words.say("paper-proof"),), _PROOF_MM, corrects="l")


def _cells(line: CertifiedLine) -> tuple[str, ...]:
    day, hours = line.local_date.isoformat(), certificate_hours(line.t_s)
    return (day, line.title, line.content, line.site, line.recipients, hours)


def banner_of(realm: Realm, words: Words) -> str:
    """What a demo's papers say above all."""
    return words.say("demo-banner") if realm is Realm.DEMO else ""


def public_address(hosts: Collection[str]) -> str:
    """Where others ask for the pages, by the host names of the settings; "" where there is none."""
    named = (host for host in hosts if host.strip(".*") and not is_loopback(host))
    found = next(named, "")
    return f"https://{found.lstrip('.')}" if found else ""


def _stated(issued: Certificate, content: Content, words: Words) -> list[tuple[str, str]]:
    told = [
        ("page-certificate_number", issued.number),
        ("page-volunteer", content.name),
        ("paper-identity", content.identity_number),
        ("page-hours", content.service_time),
        (
            "page-service_dates",
            f"{content.first_day} – {content.last_day}" if content.first_day and content.last_day else "",
        ),
        ("page-recording_unit", content.recording_unit),
        ("page-person_in_charge", content.person_in_charge),
        ("page-issued_on", content.issued_on.isoformat()),
    ]
    return [(words.say(name), text) for name, text in told if text]


@cache
def _fonts() -> Fonts:
    """Which characters the fonts have takes a second to read."""
    return Fonts(DEBIAN_FONTS)
