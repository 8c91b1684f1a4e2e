"""Lists that the pages show: terminals, activities, accounts, the audit, notices and moves."""

from typing import Annotated

from django.http import HttpRequest
from ninja import Query, Router

from settlement.accounts.api_tokens import Scope
from settlement.accounts.audit import Action, Kind, Sought, search_audit
from settlement.accounts.authority import Deed, check_may
from settlement.accounts.overview import Kept as KeptAccounts
from settlement.accounts.overview import WantedAccounts, accounts_page
from settlement.api.callers import Bearer, caller_of, machine_s, note_look
from settlement.api.cursors import number_after, read, written
from settlement.api.document import answers
from settlement.api.registers import shapes
from settlement.api.shapes import LARGEST, Cursor, Limit
from settlement.look_up import storable
from settlement.master_data.activity_overview import list_activities as activities_page
from settlement.models import AuditRecord, PublicNotice, Transfer
from settlement.review.terminals_now import Kept as KeptTerminals
from settlement.review.terminals_now import WantedTerminals, terminals_now
from settlement.rules.evidence import Phase
from settlement.web.notices import content_of_notice

router = Router(tags=["lists"])
Text = Annotated[str, Query(default="", max_length=80, description="A part of the name or id.")]
Moment = Annotated[int | None, Query(default=None, ge=0, le=LARGEST)]


@router.get(
    "/terminals", auth=Bearer(Scope.READ), response=answers(shapes.Terminals), summary="Terminals now"
)
def list_terminals(
    request: HttpRequest,
    text: Text,
    cursor: Cursor,
    kept: Annotated[KeptTerminals, Query(default=KeptTerminals.WORKING)],
) -> shapes.Terminals:
    """The terminals in reach with their health, those in trouble first."""
    caller = caller_of(request)
    wanted = WantedTerminals(kept, text, _after(cursor))
    rows, more = terminals_now(caller.reach, wanted, caller.now_ms, machine_s() * 1000)
    items = [shapes.TerminalTold.model_validate(one) for one in rows]
    return shapes.Terminals(items=items, next=written((rows[-1].place,)) if more else None)


@router.get("/activities", auth=Bearer(Scope.READ), response=answers(shapes.Activities), summary="Activities")
def list_activities(
    request: HttpRequest,
    text: Text,
    cursor: Cursor,
    phase: Annotated[Phase | None, Query(default=None)],
    site: Annotated[str, Query(default="", max_length=80, description="The code of the site.")],
) -> shapes.Activities:
    """The activities in reach, by id, each with its phase and the shift that runs or comes next."""
    caller = caller_of(request)
    found, more = activities_page(
        caller.reach,
        caller.now_ms,
        text=text,
        phase=phase or "",
        site=storable(site),
        after=_after(cursor),
    )
    items = [shapes.ActivityTold.model_validate(one) for one in found]
    return shapes.Activities(items=items, next=written((found[-1].id,)) if more else None)


@router.get(
    "/accounts", auth=Bearer(Scope.ADMINISTRATION), response=answers(shapes.Accounts), summary="Accounts"
)
def list_accounts(
    request: HttpRequest,
    text: Text,
    cursor: Cursor,
    kept: Annotated[KeptAccounts, Query(default=KeptAccounts.STAFF)],
) -> shapes.Accounts:
    """Who has an account in reach, for who may change accounts; it is noted."""
    caller = caller_of(request)
    check_may(caller.actor, Deed.CHANGE_ACCOUNTS)
    note_look(caller, Kind.ACCOUNT, "accounts")
    rows, more = accounts_page(caller.reach.accounts(), WantedAccounts(kept, text, _after(cursor)))
    items = [shapes.AccountTold.model_validate(one) for one in rows]
    return shapes.Accounts(items=items, next=written((rows[-1].login,)) if more else None)


@router.get(
    "/audit", auth=Bearer(Scope.ADMINISTRATION), response=answers(shapes.AuditRows), summary="The audit"
)
def read_audit(
    request: HttpRequest,
    cursor: Cursor,
    kind: Annotated[Kind | None, Query(default=None)],
    action: Annotated[Action | None, Query(default=None)],
    subject: Annotated[str, Query(default="", max_length=120)],
    login: Annotated[str, Query(default="", max_length=40)],
    click: Annotated[str, Query(default="", max_length=32, description="The `request` of a row.")],
    from_ms: Moment,
    until_ms: Moment,
) -> shapes.AuditRows:
    """Who changed what and who looked at personal data, the latest first; it is noted."""
    caller = caller_of(request)
    sought = Sought(kind, action, subject, login, from_ms, until_ms, click, number_after(cursor))
    rows, more = search_audit(caller.actor, sought)
    note_look(caller, Kind.RECORD, "audit")
    following = written((rows[-1].pk,)) if more else None
    return shapes.AuditRows(items=[_audited(row) for row in rows], next=following)


@router.get(
    "/notices", auth=Bearer(Scope.READ), response=answers(shapes.Notices), summary="Published notices"
)
def list_notices(request: HttpRequest, limit: Limit, cursor: Cursor) -> shapes.Notices:  # noqa: ARG001
    """The yearly notices as they were published, the latest first; they are public."""
    rows = PublicNotice.objects.select_related("organisation", "withdrawal").order_by("-pk")
    if before := number_after(cursor):
        rows = rows.filter(pk__lt=before)
    found = list(rows[: limit + 1])
    following = written((found[limit - 1].pk,)) if len(found) > limit else None
    return shapes.Notices(items=[_noticed(row) for row in found[:limit]], next=following)


@router.get("/transfers", auth=Bearer(Scope.PEOPLE), response=answers(shapes.Transfers), summary="Moves")
def list_transfers(request: HttpRequest, limit: Limit, cursor: Cursor) -> shapes.Transfers:
    """Moves out of the organisations in reach and into them, the latest first; it is noted."""
    caller = caller_of(request)
    note_look(caller, Kind.TRANSFER, "transfers")
    rows = caller.reach.transfers().select_related("origin", "destination").order_by("-pk")
    if before := number_after(cursor):
        rows = rows.filter(pk__lt=before)
    found = list(rows[: limit + 1])
    following = written((found[limit - 1].pk,)) if len(found) > limit else None
    return shapes.Transfers(items=[_moved(row) for row in found[:limit]], next=following)


def _after(cursor: str) -> str:
    place = read(cursor, tuple[str])
    return storable(place[0]) if place else ""


def _audited(row: AuditRecord) -> shapes.AuditRow:
    values = getattr(row, "values", None)
    return shapes.AuditRow(
        number=row.pk,
        at_ms=row.at_ms,
        name=row.name,
        login=row.account.login if row.account else "",
        action=Action(row.action),
        kind=Kind(row.kind),
        subject=row.subject,
        fields=list(row.fields),
        before=values.before if values else None,
        after=values.after if values else None,
        reason=row.reason,
        request=row.request,
    )


def _noticed(row: PublicNotice) -> shapes.NoticeTold:
    table, withdrawal = content_of_notice(row), getattr(row, "withdrawal", None)
    return shapes.NoticeTold(
        number=row.pk,
        title=table.title,
        year=row.year,
        organisation=row.organisation.path if row.organisation else "",
        published_ms=row.published_ms,
        columns=[column.key for column in table.columns],
        rows=[] if withdrawal else [list(cells) for cells in table.rows],
        withdrawn_ms=withdrawal.at_ms if withdrawal else None,
        withdrawn_because=withdrawal.reason if withdrawal else "",
    )


def _moved(row: Transfer) -> shapes.TransferTold:
    return shapes.TransferTold(
        number=row.pk,
        volunteer=row.volunteer_id,
        origin=row.origin.path,
        destination=row.destination.path,
        state=row.state,
        has_letter=bool(row.introduction_letter),
        requested_ms=row.requested_ms,
        released_ms=row.released_ms,
        ended_ms=row.ended_ms,
    )
