"""Settings of several terminals: who is in the group, what would change at each, given to all together."""

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from foundation.errors import RulesError, SettingsError
from settlement.accounts.audit import Signed
from settlement.accounts.authority import Deed
from settlement.downlink.group_settings import (
    MOST_TOGETHER,
    Chosen,
    Wanted,
    earlier_together,
    give_together,
    members,
    plan_together,
)
from settlement.downlink.settings_changes import changes
from settlement.explain.sentences import Teller
from settlement.rule_book import rules_at
from settlement.web.entitled import ToldIfRefused, check_may_open, tell, tell_refused
from settlement.web.frame import answer, current_ms, frame, words_for
from settlement.web.next_page import told_before
from settlement.web.readers import Reader, for_staff
from settlement.web.terminals.setting_words import changes_said, fields_of, settings_named, values_of
from sync.contract.remote_settings import RemoteSettings

_KEEP, _SET, _LEAVE = "keep", "set", "leave"
_DOES = "does-"


@require_safe
@for_staff
def group(request: HttpRequest, reader: Reader) -> HttpResponse:
    """The terminals of a site or an organisation, which edition each runs, and a form for some settings."""
    check_may_open(reader, Deed.RUN_TERMINALS)
    words = words_for(request)
    chosen = Chosen(request.GET.get("site", "")[:40], request.GET.get("organisation", "")[:80])
    rows, more = members(reader.actor, chosen)
    zone = rules_at(current_ms()).settlement_tz
    teller = Teller(words, zone)
    context = frame(request, words) | {
        "zone": zone,
        "chosen": chosen,
        "sites": reader.reach.run_sites().order_by("name", "code"),
        "organisations": reader.reach.organisations().order_by("path"),
        "rows": [(row, words.code("confirmed", row.confirmed)) for row in rows],
        "more": words.say("group-more", count=MOST_TOGETHER) if more else "",
        "fields": fields_of({}, words),
        "history": [
            (
                row,
                teller.when(row.at_ms),
                changes_said(changes(values_of(row, "before"), values_of(row, "after")), words),
            )
            for row in earlier_together(reader.actor, [row.id for row in rows])
        ],
        "may_run": reader.may_do(Deed.RUN_TERMINALS),
        "told": told_before(request, words),
    }
    return answer(request, "settlement/terminals/group.html", context)


@require_POST
@for_staff
def group_compared(request: HttpRequest, reader: Reader) -> HttpResponse:
    """What would be another at each terminal, before anything is given."""
    check_may_open(reader, Deed.RUN_TERMINALS)
    words = words_for(request)
    try:
        plan = plan_together(reader.actor, request.POST.getlist("terminal"), _wanted(request.POST, request))
    except (SettingsError, RulesError) as error:
        tell_refused(request, error)
        return redirect(_group_of(request))
    context = frame(request, words) | {
        "rows": [(row.member, changes_said(row.changes, words)) for row in plan.changed],
        "same": words.say("group-same", count=len(plan.rows) - len(plan.changed)),
        "sent": _sent(request.POST),
        "seen": plan.digest,
        "back": _group_of(request),
        "may_run": reader.may_do(Deed.RUN_TERMINALS),
        "languages": [],
    }
    return answer(request, "settlement/terminals/group_compared.html", context)


@require_POST
@for_staff
def group_given(request: HttpRequest, reader: Reader) -> HttpResponse:
    """Give all of them what was looked at, in one go."""
    by, form = reader.who_may(Deed.RUN_TERMINALS), request.POST
    with ToldIfRefused(request):
        signed = Signed(by, current_ms(), form.get("reason", "").strip())
        changed = give_together(
            form.getlist("terminal"), _wanted(form, request), signed, form.get("seen", "")
        )
        tell(request, "group-given", count=len(changed))
    return redirect(_group_of(request))


def _wanted(form: QueryDict, request: HttpRequest) -> Wanted:
    """What the form asks of each setting: to be left alone, to have a value, or to be the own file's."""
    does = {key: form.get(_DOES + key, _KEEP) for key in RemoteSettings.__struct_fields__}
    values = settings_named(request, [key for key, what in does.items() if what == _SET])
    return Wanted(values, frozenset(key for key, what in does.items() if what == _LEAVE))


def _sent(form: QueryDict) -> list[tuple[str, str]]:
    """What the page that asks once more must send again."""
    keys = RemoteSettings.__struct_fields__
    names = ("terminal", "site", "organisation", *(_DOES + key for key in keys), *keys)
    return [(name, value) for name in names for value in form.getlist(name)]


def _group_of(request: HttpRequest) -> str:
    """The page of the group that the form came from."""
    query = QueryDict(mutable=True)
    query.update({name: request.POST.get(name, "")[:80] for name in ("site", "organisation")})
    return f"{reverse('group-settings')}?{query.urlencode()}"
