"""Changing one volunteer's file: forms, what each would change, and the deed itself; each is on record."""

from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST, require_safe

from foundation.errors import RulesError
from foundation.words import LANGUAGES, Words
from settlement.accounts.actor import Actor
from settlement.accounts.audit import Action, Kind, audit_rows
from settlement.accounts.authority import Deed, may
from settlement.explain.sentences import Teller
from settlement.models import AccessChange, AuditRecord, Membership, MergedNumber, Volunteer
from settlement.rule_book import rules_at
from settlement.troubles import CentreTrouble
from settlement.web.frame import answer, current_ms, frame, words_for
from settlement.web.missing import NotHere
from settlement.web.next_page import tell_on_next_page, tell_trouble, told_before
from settlement.web.people.deeds import DEEDS, Asked, FileDeed, issuers_of
from settlement.web.reached import volunteer_among
from settlement.web.readers import Reader, for_staff, note_look

_HISTORY = 20
_LONGEST = 80
"""Of a value of the history, as it is shown."""


@require_safe
@for_staff
def change(request: HttpRequest, reader: Reader, number: int) -> HttpResponse:
    """The forms of what the reader may do, and what was done before."""
    person, by = _person(reader, number), reader.who_acts()
    words, now_ms = words_for(request), current_ms()
    note_look(request, reader, Kind.VOLUNTEER, str(number))
    merged = MergedNumber.objects.filter(kept=person, taken_back=None).values_list("gone_id", flat=True)
    homes = reader.reach.organisations().filter(
        pk__in=Membership.objects.filter(volunteer=person, left_ms=None).values("organisation")
    )
    choices: dict[str, list[Any]] = {
        "organisation": list(homes.order_by("path").values_list("path", "name")),
        "gone": [(gone, str(gone)) for gone in merged],
        "issuer": list(issuers_of(person, reader.reach).values_list("path", "name")),
    }
    context = frame(request, words) | {
        "person": person,
        "forms": [deed.code for deed in DEEDS.values() if _is_offered(deed, by, person, choices)],
        "choices": choices,
        "spoken": [(code, Words(code).say("language-name")) for code in LANGUAGES],
        "history": list(_history(by, person, words, now_ms)),
        "told": told_before(request, words),
    }
    return answer(request, "settlement/people/change.html", context)


@require_POST
@for_staff
def previewed(request: HttpRequest, reader: Reader, number: int, deed: str) -> HttpResponse:
    """What a deed would change; it is done only by the next form. Nothing is written."""
    found, asked = _deed(deed), _asked(request, reader, number)
    try:
        changes = found.preview(asked)
    except RulesError as error:
        return _refused(request, error, number)
    context = frame(request, asked.words) | {
        "person": asked.person,
        "deed": found.code,
        "has_reason": found.has_reason,
        "title": asked.words.say(f"file-{found.code}"),
        "changes": changes,
        "kept": [(name, asked.form.get(name, "")) for name in found.fields],
        "reason": asked.form.get("reason", ""),
    }
    return answer(request, "settlement/people/previewed.html", context)


@require_POST
@for_staff
def done(request: HttpRequest, reader: Reader, number: int, deed: str) -> HttpResponse:
    """Do it, and tell so at the forms."""
    found, asked = _deed(deed), _asked(request, reader, number)
    try:
        found.do(asked)
    except RulesError as error:
        return _refused(request, error, number)
    tell_on_next_page(request, lambda words: [words.say("file-done", what=words.say(f"file-{found.code}"))])
    return redirect("volunteer-change", number)


def _refused(request: HttpRequest, error: RulesError, number: int) -> HttpResponse:
    tell_trouble(request, error.trouble)
    return redirect("volunteer-change", number)


def _asked(request: HttpRequest, reader: Reader, number: int) -> Asked:
    words = words_for(request)
    form = {name: value for name, value in request.POST.items() if isinstance(value, str)}
    return Asked(_person(reader, number), form, reader.who_acts(), reader.reach, current_ms(), words)


def _person(reader: Reader, number: int) -> Volunteer:
    reader.who_acts()
    return volunteer_among(reader.reach.volunteers().filter(erased_ms=None), number)


def _deed(code: str) -> FileDeed:
    if code not in DEEDS:
        raise NotHere(CentreTrouble.NO_PAGE)
    return DEEDS[code]


def _is_offered(deed: FileDeed, by: Actor, person: Volunteer, choices: dict[str, list[Any]]) -> bool:
    """Whether a form is of use: the service decides for itself."""
    if not may(by, deed.needs) or deed.code == ("suspend" if person.suspended else "resume"):
        return False
    return all(choices.get(field, True) for field in deed.fields)


def _history(by: Actor, person: Volunteer, words: Words, now_ms: int) -> Iterator[dict[str, str]]:
    """Changes of the person's access, and for who may read the audit those of the file, the latest first."""
    teller = Teller(words, rules_at(now_ms).settlement_tz)
    rows: list[AccessChange | AuditRecord] = list(
        AccessChange.objects.filter(volunteer=person).order_by("-pk")[:_HISTORY]
    )
    if may(by, Deed.READ_AUDIT):
        of_file = audit_rows(by, kind=Kind.VOLUNTEER, subject=str(person.number)).exclude(action=Action.LOOK)
        rows += of_file.select_related("values")[:_HISTORY]
    for row in sorted(rows, key=lambda row: row.at_ms, reverse=True)[:_HISTORY]:
        told = _told(row, words)
        yield {"at": teller.when(row.at_ms), "reason": row.reason, **told}


def _told(row: AccessChange | AuditRecord, words: Words) -> dict[str, str]:
    if isinstance(row, AccessChange):
        return {"by": row.by, "what": words.code("access_change", row.change), "before": row.ref, "after": ""}
    values = getattr(row, "values", None)
    before, after = (values.before or {}, values.after or {}) if values else ({}, {})
    return {
        "by": row.name or "–",
        "what": ", ".join(row.fields) or row.action,
        "before": ", ".join(str(before.get(name, "–"))[:_LONGEST] for name in row.fields),
        "after": ", ".join(str(after.get(name, "–"))[:_LONGEST] for name in row.fields),
    }
