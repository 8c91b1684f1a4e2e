"""Entering and correcting sites."""

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from foundation.errors import RulesError
from foundation.words import LANGUAGES
from settlement.models import Site


def enter_site(code: str, *, name: str, zone: str, language: str = "en") -> Site:
    """Enter a site, or correct the one with that code; its people read times in the IANA zone `zone`.

    Raises RulesError: UNKNOWN_ZONE, UNKNOWN_LANGUAGE, SITE_WITHOUT_NAME; then nothing was written.
    """
    if not code.strip() or not name.strip():
        raise RulesError("SITE_WITHOUT_NAME", "A site needs a code and a name.", remedy="Write both.")
    check_zone(zone)
    if language not in LANGUAGES:
        raise RulesError(
            "UNKNOWN_LANGUAGE",
            f"The site {code} can't speak {language!r}.",
            remedy=f"Choose one of {', '.join(LANGUAGES)}.",
        )
    site, _ = Site.objects.update_or_create(
        code=code, defaults={"name": name.strip(), "zone": zone, "language": language}
    )
    return site


def check_zone(zone: str) -> None:
    """Raise RulesError UNKNOWN_ZONE for a zone that the time zone database does not have."""
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise RulesError(
            "UNKNOWN_ZONE",
            f"The zone {zone!r} is not in the time zone database.",
            remedy="Use an IANA name such as Asia/Shanghai.",
        ) from error
