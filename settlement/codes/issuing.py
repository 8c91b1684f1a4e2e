"""Issuing a one-time code to a volunteer's telephone, whose number is known here by its keyed hash only."""

from collections.abc import Collection
from dataclasses import dataclass

from django.conf import settings as django_settings
from django.db import transaction

from foundation.errors import RulesError, SettingsError
from foundation.telephone import e164
from foundation.text_files import decoded
from foundation.words import Words
from settlement.accounts.actor import Actor
from settlement.accounts.audit import Action, Kind, Signed, note
from settlement.accounts.authority import Deed
from settlement.codes.gateway import TextGateway
from settlement.merged_numbers import check_takes_new, merged_numbers
from settlement.models import Credential, IssuedCode, Site, Volunteer
from settlement.reach import check_signed
from settlement.settings import CentreSettings
from settlement.troubles import CentreTrouble, DecisionTrouble
from sync.contract import one_time_code
from sync.contract.events import Method
from sync.contract.one_time_code import DrawnCode
from sync.contract.pseudonym import Subject, keyed_reference, load_key, older_reference


@dataclass(frozen=True, slots=True)
class Issued:
    """What is known of a code that is on its way: when it ends (UTC milliseconds)."""

    ref: str
    expires_ms: int


def issue_code(
    volunteer: Volunteer, site: Site, telephone: str, gateway: TextGateway, by: Actor | None, now_ms: int
) -> Issued:
    """Send a code to `telephone`, which must be the volunteer's; its terminals take it at once.

    Without its country it is one of the settings' region.

    The number is compared by its keyed hash and forgotten; who asked is noted (nobody where the centre does
    it itself). Raises RulesError (NOT_ALLOWED, OUT_OF_REACH, BAD_TELEPHONE, UNKNOWN_TELEPHONE,
    NUMBER_MERGED, SUSPENDED_VOLUNTEER, TOO_MANY_CODES), nothing having been issued, and GatewayError when
    the message may not have been sent: the code is valid, should it arrive.
    """
    signed = Signed(by, now_ms)
    check_signed(signed, Deed.ENTER_PEOPLE, site)
    settings: CentreSettings = django_settings.CENTRE
    key = load_key(settings.path(settings.pseudonym_key_file))
    dialled = e164(telephone, settings.telephone_region)
    if dialled is None:
        raise RulesError(DecisionTrouble.BAD_TELEPHONE)
    with transaction.atomic():
        drawn = _draw(volunteer, site, dialled, key, now_ms)
        after = {"ref": drawn.code.ref}
        number = volunteer.number
        note(Action.ENTER, Kind.CREDENTIAL, number, signed, after=after, volunteer=number)
    words = Words(volunteer.language or site.language)
    gateway.send(dialled, words.say("sms-code", code=drawn.digits))
    return Issued(drawn.code.ref, drawn.code.expires_ms)


def provider_token(settings: CentreSettings) -> str:
    """What the provider of text messages knows us by, "" where none is set; raises SettingsError."""
    if not settings.text_messages.token_file:
        return ""
    path = settings.path(settings.text_messages.token_file)
    try:
        return decoded(path.read_bytes()).strip().encode("ascii").decode()
    except (OSError, ValueError) as error:
        raise SettingsError(CentreTrouble.PROVIDER_TOKEN_NOT_READ, path=path, why=error) from error


def _draw(volunteer: Volunteer, site: Site, dialled: str, key: bytes, now_ms: int) -> DrawnCode:
    telephone = keyed_reference(key, Subject.PHONE, dialled)
    # Whoever issues for the same person meanwhile waits, and counts this code then.
    Volunteer.objects.select_for_update(no_key=True).get(pk=volunteer.pk)
    check_takes_new(volunteer.number)
    numbers = merged_numbers().numbers_of(volunteer.number)
    registered = Credential.objects.filter(
        ref__in=(telephone, older_reference(key, Subject.PHONE, dialled)),
        volunteer__in=numbers,
        method=Method.SMS_IN,
        revoked_ms=None,
    )
    if not registered.exists():
        raise RulesError(DecisionTrouble.UNKNOWN_TELEPHONE, volunteer=volunteer.number)
    if Volunteer.objects.filter(pk__in=numbers, suspended=True).exists():
        raise RulesError(DecisionTrouble.SUSPENDED_VOLUNTEER, volunteer=volunteer.number)
    _limit(volunteer, numbers, telephone, now_ms)
    drawn = one_time_code.draw(key, str(volunteer.number), now_ms, _taken(site, now_ms))
    IssuedCode.objects.create(
        ref=drawn.code.ref,
        lookup=drawn.code.lookup,
        volunteer=volunteer,
        site=site,
        telephone=telephone,
        issued_ms=now_ms,
        expires_ms=drawn.code.expires_ms,
    )
    return drawn


def _limit(volunteer: Volunteer, numbers: Collection[int], telephone: str, now_ms: int) -> None:
    recent = IssuedCode.objects.filter(issued_ms__gt=now_ms - one_time_code.REMEMBERED_MS)
    wait_ms = max(
        one_time_code.wait_ms(rows.values_list("issued_ms", flat=True), now_ms)
        for rows in (recent.filter(telephone=telephone), recent.filter(volunteer__in=numbers))
    )
    if wait_ms:
        raise RulesError(
            DecisionTrouble.TOO_MANY_CODES, volunteer=volunteer.number, minutes=-(-wait_ms // 60_000)
        )


def _taken(site: Site, now_ms: int) -> set[str]:
    """What somebody could type at the site now, or could have typed a moment ago."""
    recent = IssuedCode.objects.filter(site=site, expires_ms__gt=now_ms - one_time_code.LIFE_MS)
    return set(recent.values_list("lookup", flat=True))
