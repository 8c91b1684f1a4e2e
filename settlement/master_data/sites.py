"""Entering and correcting sites."""

import re
from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.db import transaction

from foundation.errors import RulesError
from foundation.words import LANGUAGES
from settlement.accounts.audit import Action, Kind, Signed, note
from settlement.accounts.authority import Deed
from settlement.conflicts import again_on_conflict
from settlement.evidence.resettle import settle_again_with
from settlement.look_up import organisation_at
from settlement.models import Activity, Site
from settlement.organisations.tree import LONGEST_NAME, check_length
from settlement.reach import check_runs, check_signed, check_whole
from settlement.rule_book import rules_by_date
from settlement.rules.rule_set import DateZone
from settlement.rules.troubles import RulesTrouble
from settlement.troubles import DecisionTrouble

LONGEST_CODE = 40
_CODE = re.compile(r"[\w.-]+( [\w.-]+)*")
"""A code stands in addresses and in file names: letters of any script, digits, . _ - and single spaces."""


def enter_site(
    code: str,
    signed: Signed,
    *,
    name: str,
    zone: str,
    language: str = "en",
    organisation: str = "",
    is_new: bool = False,
) -> Site:
    """Enter a site, or correct the one with that code; its people read times in the IANA zone `zone`.

    Where the rules take the local dates of a site by its zone, another zone settles its activities anew.

    `organisation` is the path of who runs it; empty, it is the highest level's alone. `is_new`: none that is
    there already. Raises RulesError: UNKNOWN_ZONE, UNKNOWN_LANGUAGE, SITE_WITHOUT_NAME,
    BAD_SITE_CODE, SITE_CODE_TAKEN, ENTERED_TOO_LONG, UNKNOWN_ORGANISATION, NOT_ALLOWED, OUT_OF_REACH; then
    nothing was written.
    """
    if not code.strip() or not name.strip():
        raise RulesError(DecisionTrouble.SITE_WITHOUT_NAME)
    check_length("code", code, LONGEST_CODE)
    check_length("name", name, LONGEST_NAME)
    check_zone(zone)
    if language not in LANGUAGES:
        raise RulesError(DecisionTrouble.UNKNOWN_LANGUAGE, site=code, language=language, languages=LANGUAGES)
    home = organisation_at(organisation) if organisation else None
    if home is None:
        check_whole(signed, Deed.ENTER_ACTIVITIES)
    given = {"name": name.strip(), "zone": zone, "language": language, "organisation": home}
    return again_on_conflict(lambda: _enter(code, given, signed, is_new=is_new))


def _enter(code: str, given: Mapping[str, Any], signed: Signed, *, is_new: bool) -> Site:
    with transaction.atomic():
        before = Site.objects.select_related("organisation").filter(code=code).first()
        if before is not None and is_new:
            raise RulesError(DecisionTrouble.SITE_CODE_TAKEN, site=code)
        if before is None and not _CODE.fullmatch(code):
            raise RulesError(DecisionTrouble.BAD_SITE_CODE, site=code)
        check_signed(signed, Deed.ENTER_ACTIVITIES, given["organisation"])
        if before is not None:
            check_runs(signed.by, Deed.ENTER_ACTIVITIES, before)
        known = _values(before) if before else None
        site = before or Site(code=code)
        for field, value in given.items():
            setattr(site, field, value)
        site.save(force_insert=before is None)
        if known and known["zone"] != site.zone and _site_dates_count():
            for activity in Activity.objects.filter(site=site).values_list("id", flat=True):
                settle_again_with(activity, (), signed.now_ms)
        action = Action.CORRECT if before else Action.ENTER
        note(action, Kind.SITE, code, signed, before=known, after=_values(site))
    return site


def _values(site: Site) -> dict[str, str]:
    return {
        "name": site.name,
        "zone": site.zone,
        "language": site.language,
        "organisation": site.organisation.path if site.organisation else "",
    }


def _site_dates_count() -> bool:
    return any(rules.date_zone is DateZone.SITE for _, rules in rules_by_date().versions)


def check_zone(zone: str) -> None:
    """Raise RulesError UNKNOWN_ZONE for a zone that the time zone database does not have."""
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise RulesError(RulesTrouble.UNKNOWN_ZONE, zone=zone) from error
