"""The settings that the centre gives a terminal: as they are, compared with what is wanted, and given."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST, require_safe
from msgspec import Struct

from foundation.errors import MusterError, RulesError, SettingsError
from foundation.words import LANGUAGES, Words
from settlement.accounts.audit import Signed
from settlement.accounts.authority import Deed
from settlement.downlink.editions import give_settings
from settlement.downlink.settings_changes import changes, earlier_settings, given_settings
from settlement.explain.sentences import Teller
from settlement.models import Terminal
from settlement.troubles import CentreTrouble
from settlement.web.entitled import ToldIfRefused, tell
from settlement.web.frame import answer, current_ms, frame, reader_language
from settlement.web.next_page import told_before
from settlement.web.readers import Reader, for_staff
from settlement.web.terminals.look import reached_terminal
from sync.contract.downlink import SettingValue
from sync.contract.remote_settings import RemoteSettings, TerminalDirection, judge_settings, read_values

_CHOICES = {"direction": [*map(str, TerminalDirection)], "language": ["", *LANGUAGES]}
_NUMBERS = {"result_shown_s": (1, 30), "question_shown_s": (5, 120), "staff_idle_min": (1, 60)}


class Field(Struct, frozen=True):
    """One setting of the form; `is_given`: the centre sets it, else the terminal's own file does."""

    key: str
    said: str
    is_given: bool
    value: str
    choices: list[tuple[str, str]]
    least: int | None
    most: int | None


@require_safe
@for_staff
def settings(request: HttpRequest, reader: Reader, terminal: str) -> HttpResponse:
    """What the centre gives a terminal now, in a form, and who gave it others before."""
    words = Words(reader_language(request))
    found = reached_terminal(reader, terminal)
    before = _given(reader, found)
    teller = Teller(words, found.site.zone)
    history = [
        (row, teller.when(row.at_ms), _told(_of(row, "before"), _of(row, "after"), words))
        for row in earlier_settings(reader.actor, found)
    ]
    context = frame(request, words) | {
        "terminal": found,
        "fields": _fields(before, words),
        "history": history,
        "may_run": reader.may_do(Deed.RUN_TERMINALS) and found.revoked_ms is None,
        "told": told_before(request, words),
    }
    return answer(request, "settlement/terminals/settings.html", context)


@require_POST
@for_staff
def compared(request: HttpRequest, reader: Reader, terminal: str) -> HttpResponse:
    """What would be another, before anything is given."""
    words = Words(reader_language(request))
    found = reached_terminal(reader, terminal)
    before = _given(reader, found)
    values = _values(request)
    _, refused = judge_settings(values)
    why = _refused([f"{one.key}: {one.allowed}" for one in refused]) if refused else None
    context = frame(request, words) | {
        "terminal": found,
        "rows": _told(before, values, words),
        "values": values,
        "why": words.trouble(why.trouble) if why else "",
        "may_run": reader.may_do(Deed.RUN_TERMINALS) and not refused,
        "languages": [],
    }
    return answer(request, "settlement/terminals/compared.html", context)


@require_POST
@for_staff
def given(request: HttpRequest, reader: Reader, terminal: str) -> HttpResponse:
    """Give a terminal these settings, in the place of all that were given before."""
    by, found = reader.who_acts(), reached_terminal(reader, terminal)
    with ToldIfRefused(request):
        signed = Signed(by, current_ms(), request.POST.get("reason", "").strip())
        row = give_settings(found.pk, _values(request), signed)
        tell(request, "terminals-settings_given", version=str(row.version))
    return redirect("terminal-settings", found.pk)


def _given(reader: Reader, terminal: Terminal) -> dict[str, Any]:
    try:
        return given_settings(reader.actor, terminal)
    except RulesError as error:
        raise PermissionDenied from error


def _values(request: HttpRequest) -> dict[str, SettingValue]:
    """The settings whose box is ticked, each as its kind wants it."""
    keys = [key for key in request.POST.getlist("given") if key in RemoteSettings.__struct_fields__]
    return read_values([f"{key}={request.POST.get(key, '')[:200]}" for key in keys])


def _refused(told: list[str]) -> MusterError:
    return SettingsError(CentreTrouble.SETTINGS_REFUSED, refused=told)


def _fields(held: Mapping[str, Any], words: Words) -> list[Field]:
    fields = []
    for key in RemoteSettings.__struct_fields__:
        least, most = _NUMBERS.get(key, (None, None))
        choices = [(one, _choice(key, one, words)) for one in _CHOICES.get(key, ())]
        value = str(held.get(key, ""))
        fields.append(Field(key, words.code("setting", key), key in held, value, choices, least, most))
    return fields


def _told(
    before: Mapping[str, Any] | None, after: Mapping[str, Any] | None, words: Words
) -> list[tuple[str, str, str]]:
    """What differs: the setting, and its values before and after in words."""
    return [
        (words.code("setting", one.key), _said(one.key, one.before, words), _said(one.key, one.after, words))
        for one in changes(before, after)
    ]


def _said(key: str, value: object, words: Words) -> str:
    if value is None:
        return words.say("terminals-own_file")
    return _choice(key, str(value), words) if key in _CHOICES else str(value)


def _choice(key: str, value: str, words: Words) -> str:
    if key == "language":
        return Words(value).say("language-name") if value else words.say("terminals-language_of_site")
    return words.code("direction", value)


def _of(row: Any, name: str) -> Mapping[str, Any] | None:  # noqa: ANN401 - an audit's row, with its values if any
    values = getattr(row, "values", None)
    return getattr(values, name, None)
