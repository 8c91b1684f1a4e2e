"""Who waits to be let in and which tokens are out, as far as somebody runs terminals."""

from django.db.models import Q
from msgspec import Struct

from settlement.accounts.actor import Actor
from settlement.accounts.authority import Deed, check_may
from settlement.enrolment.requests import WAITING_MS
from settlement.models import EnrolmentToken, RefusedEnrolment, TerminalRequest
from settlement.reach import WHOLE, reach_of
from sync.contract.enrolment import AnswerState

_TOLD_MS = 7 * 86_400_000
_MOST = 50


class Enrolling(Struct, frozen=True):
    """What goes on: requests that wait, tokens that can still be used, and who was turned away of late."""

    waiting: tuple[TerminalRequest, ...]
    tokens: tuple[EnrolmentToken, ...]
    refused: tuple[RefusedEnrolment, ...]


def enrolling(by: Actor | None, now_ms: int) -> Enrolling:
    """What concerns the sites that somebody's organisations run; raises RulesError NOT_ALLOWED.

    A request without a token is of no site yet: only an account of the whole tree sees it listed, others name
    the code on its screen (`settlement.enrolment.approval`). The same holds for who was turned away.
    """
    if by is not None:
        check_may(by, Deed.RUN_TERMINALS)
    reach = WHOLE if by is None else reach_of(by)
    sites = reach.run_sites()
    shown = Q(token__site__in=sites)
    if reach.is_whole:
        shown |= Q(token=None, asked_ms__gt=now_ms - WAITING_MS)
    requests = TerminalRequest.objects.filter(shown, state=AnswerState.WAITING).select_related("token__site")
    tokens = EnrolmentToken.objects.filter(site__in=sites, used_ms=None, ends_ms__gt=now_ms)
    refused = RefusedEnrolment.objects.filter(at_ms__gt=now_ms - _TOLD_MS).order_by("-pk")
    return Enrolling(
        waiting=tuple(requests.order_by("asked_ms")[:_MOST]),
        tokens=tuple(tokens.select_related("site").order_by("ends_ms")[:_MOST]),
        refused=tuple(refused[:_MOST]) if reach.is_whole else (),
    )
