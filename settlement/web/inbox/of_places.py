"""Kinds of the inbox about activities: those that were applied for, and scans that name none."""

from collections.abc import Mapping, Sequence
from typing import Any

from foundation.words import Words
from settlement.accounts.authority import Deed
from settlement.explain.sentences import Teller
from settlement.master_data.applications import (
    approve_application,
    refuse_application,
    waiting_applications,
)
from settlement.models import PhaseChange
from settlement.reach import Reach
from settlement.records.named_activities import activities_to_name, name_unnamed, unnamed_events
from settlement.web.inbox.kind import Act, Kind


def _tell_application(row: PhaseChange, words: Words, now_ms: int) -> tuple[str, ...]:  # noqa: ARG001
    activity = row.activity
    recorded = activity.organisation.name if activity.organisation else "–"
    at = words.say("inbox-application", site=activity.site.name, organisation=recorded)
    return (at, *filter(None, (activity.content, activity.recipients)))


def _tell_unnamed(row: Any, words: Words, now_ms: int) -> tuple[str, ...]:  # noqa: ANN401, ARG001
    terminal = row.chain.terminal
    at = Teller(words, terminal.site.zone).when(row.wall_ms) if row.wall_ms is not None else "–"
    return (
        words.say("inbox-unnamed_told", terminal=terminal.pk, site=terminal.site.name, at=at),
        words.code("explain-named", row.way),
    )


def _to_name(rows: Sequence[Any], reach: Reach) -> Mapping[int, Sequence[tuple[str, str]]]:
    sites = {row.pk: row.chain.terminal.site_id for row in rows}
    offered = activities_to_name(reach, set(sites.values()))
    return {pk: offered.get(site, []) for pk, site in sites.items()}


APPLICATIONS = Kind(
    code="applications",
    waiting=waiting_applications,
    related=("activity__site", "activity__organisation"),
    tell=_tell_application,
    since_ms=lambda row: row.from_ms,
    acts={
        Act.APPROVE: lambda number, by, now_ms, said: approve_application(number, by, now_ms, said.note),
        Act.REFUSE: lambda number, by, now_ms, said: refuse_application(number, by, now_ms, said.note),
    },
    deed=Deed.ENTER_ACTIVITIES,
    about=lambda row: (None, row.activity.title),
)
UNNAMED = Kind(
    code="unnamed",
    waiting=unnamed_events,
    related=("volunteer", "chain__terminal__site"),
    tell=_tell_unnamed,
    since_ms=lambda row: row.received_ms,
    acts={
        Act.NAME: lambda number, by, now_ms, said: name_unnamed(number, said.choice, by, said.note, now_ms)
    },
    deed=Deed.REVIEW,
    choices=_to_name,
)
