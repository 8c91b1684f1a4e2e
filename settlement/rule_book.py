"""The rules by date, as people put them in force: read where hours are computed, each time anew."""

import datetime as dt
from typing import Any

import msgspec
from django.conf import settings as django_settings

from foundation.clock import open_clock
from settlement.models import RuleChange, RuleVersion
from settlement.one_reading import read_once
from settlement.rules.by_date import RulesByDate, RulesChange, unfold
from settlement.rules.rule_set import RuleSet
from settlement.settings import CentreSettings


@read_once
def rules_by_date() -> RulesByDate:
    """Every version with the local date from which on it holds.

    Preparing a centre puts the settings' rules in force; where that was never done, they hold.
    """
    settings: CentreSettings = django_settings.CENTRE
    said = RuleChange.objects.order_by("pk").values_list("since", "version_id", "version__content")
    changes, contents = [], {}
    for since, version, content in said:
        changes.append(RulesChange(since or dt.date.min, version))
        contents[version] = content_of(content)
    return unfold(changes, contents) if changes else RulesByDate(settings.rules)


def rules_at(now_ms: int) -> RuleSet:
    """The rules that hold at a moment (UTC milliseconds)."""
    return rules_by_date().at(now_ms // 1000)


def rules_now() -> RuleSet:
    """The rules that hold now, by the centre's clock."""
    settings: CentreSettings = django_settings.CENTRE
    return rules_at(open_clock(settings.clock_file).wall_ms())


def content_of(stored: Any) -> RuleSet:  # noqa: ANN401 - what a JSON column holds
    """The rule set of a stored version."""
    return msgspec.convert(stored, RuleSet)


def store_version(rules: RuleSet, now_ms: int) -> tuple[RuleVersion, bool]:
    """The stored version with the number of these rules, and whether it says what they say."""
    row, _ = RuleVersion.objects.get_or_create(
        version=rules.version, defaults={"content": msgspec.to_builtins(rules), "first_used_ms": now_ms}
    )
    return row, content_of(row.content) == rules


def put_in_force(
    row: RuleVersion, since: dt.date | None, by: str, reason: str, now_ms: int, account: int | None = None
) -> None:
    """Note that a version holds from that local date on; None: ever since."""
    RuleChange.objects.create(
        version=row, since=since, by=by, account_id=account, reason=reason, at_ms=now_ms
    )
