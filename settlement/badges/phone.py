"""The code that a volunteer's telephone shows for a minute, where the centre was given a key to sign it."""

from django.conf import settings as django_settings
from msgspec import Struct

from foundation.errors import RulesError, SettingsError
from settlement.accounts.actor import Actor
from settlement.merged_numbers import check_takes_new
from settlement.models import Volunteer
from settlement.settings import CentreSettings
from settlement.troubles import CentreTrouble, DecisionTrouble
from sync.contract.badge import Badge, Form, issue
from sync.contract.signing import SigningKey
from sync.contract.wire import Realm

LIFE_S = 60
"""What somebody passes on is worth nothing afterwards."""


class PhoneCode(Struct, frozen=True):
    """What the code says, and until when it admits (UTC seconds)."""

    token: str
    until_s: int


def phone_code(by: Actor, now_ms: int) -> PhoneCode:
    """A code for whoever asks, under the own number; no one else's can be asked for.

    Raises RulesError: UNKNOWN_VOLUNTEER for an account without a number, SUSPENDED_VOLUNTEER, ALREADY_ERASED,
    NUMBER_MERGED; SettingsError PHONE_CODES_NOT_OFFERED, PHONE_KEY_NOT_BELIEVED, and where the key can't be
    read.
    """
    settings: CentreSettings = django_settings.CENTRE
    if not settings.phone_codes_key_file:
        raise SettingsError(CentreTrouble.PHONE_CODES_NOT_OFFERED)
    if by.volunteer is None:
        raise RulesError(DecisionTrouble.UNKNOWN_VOLUNTEER, volunteer="–")
    check_takes_new(by.volunteer)
    numbers = {by.volunteer, *by.numbers}
    if Volunteer.objects.filter(pk__in=numbers, suspended=True).exists():
        raise RulesError(DecisionTrouble.SUSPENDED_VOLUNTEER, volunteer=by.volunteer)
    key = SigningKey.load(settings.path(settings.phone_codes_key_file))
    if key.public.raw.hex() not in settings.badge_issuers:
        raise SettingsError(CentreTrouble.PHONE_KEY_NOT_BELIEVED, key=key.public.key_id)
    until_s = now_ms // 1000 + LIFE_S
    is_demo = settings.realm is Realm.DEMO
    return PhoneCode(issue(Badge(by.volunteer, Form.PHONE, until_s=until_s, demo=is_demo), key), until_s)
