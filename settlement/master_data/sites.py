"""Entering and correcting sites."""

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from foundation.errors import RulesError
from foundation.words import LANGUAGES
from settlement.models import Site
from settlement.rules.troubles import RulesTrouble
from settlement.troubles import DecisionTrouble


def enter_site(code: str, *, name: str, zone: str, language: str = "en") -> Site:
    """Enter a site, or correct the one with that code; its people read times in the IANA zone `zone`.

    Raises RulesError: UNKNOWN_ZONE, UNKNOWN_LANGUAGE, SITE_WITHOUT_NAME; then nothing was written.
    """
    if not code.strip() or not name.strip():
        raise RulesError(DecisionTrouble.SITE_WITHOUT_NAME)
    check_zone(zone)
    if language not in LANGUAGES:
        raise RulesError(DecisionTrouble.UNKNOWN_LANGUAGE, site=code, language=language, languages=LANGUAGES)
    site, _ = Site.objects.update_or_create(
        code=code, defaults={"name": name.strip(), "zone": zone, "language": language}
    )
    return site


def check_zone(zone: str) -> None:
    """Raise RulesError UNKNOWN_ZONE for a zone that the time zone database does not have."""
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise RulesError(RulesTrouble.UNKNOWN_ZONE, zone=zone) from error
