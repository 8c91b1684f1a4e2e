"""The pages of volunteers; each only fetches and hands over, and every look is noted."""

from collections import defaultdict

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from foundation.errors import RulesError
from settlement.accounts.authority import Deed, may
from settlement.organisations.tree import is_within
from settlement.troubles import AccountTrouble, CentreTrouble
from settlement.volunteers.file import PersonalFile, personal_file
from settlement.volunteers.search import find_volunteers
from settlement.web.certificate_files import certificate_answer
from settlement.web.chart import Bar, month_bars
from settlement.web.frame import answer, current_ms, frame, words_for
from settlement.web.mine.rows import line_row
from settlement.web.missing import NotHere
from settlement.web.people.matters import told_matters
from settlement.web.readers import Reader, for_staff


@require_safe
@for_staff
def volunteers(request: HttpRequest, reader: Reader) -> HttpResponse:
    """Volunteers in reach, by number or a part of the name."""
    words = words_for(request)
    wanted = request.GET.get("who", "")[:80]
    found, more = find_volunteers(wanted, reader.reach)
    may_import = reader.actor is not None and may(reader.actor, Deed.ENTER_PEOPLE)
    told = {"wanted": wanted, "found": found, "more": more, "may_import": may_import}
    context = frame(request, words) | told
    return answer(request, "settlement/people/volunteers.html", context)


@require_safe
@for_staff
def volunteer(request: HttpRequest, reader: Reader, number: int) -> HttpResponse:
    """One volunteer's file: hours by month, each line, points, stars, memberships, certificates."""
    by = reader.who_acts()
    words = words_for(request)
    now_ms = current_ms()
    try:
        held = personal_file(number, by, now_ms)
    except RulesError as error:
        if error.code == AccountTrouble.NOT_ALLOWED:
            raise PermissionDenied from error
        raise NotHere(CentreTrouble.NO_VOLUNTEER_HERE, number=number) from error
    context = frame(request, words) | {
        "held": held,
        "lines": [line_row(line, words) for line in reversed(held.record.lines)],
        "bars": bars_of(held),
        "certificates": [
            (one.number, one.hours, words.code("people_certificate", one.standing))
            for one in held.certificates
        ],
        "files": _files(held, reader),
        "points": sorted(held.record.points.items(), reverse=True),
        **told_matters(held, words),
    }
    return answer(request, "settlement/people/volunteer.html", context)


@require_safe
@for_staff
def certificate_file(request: HttpRequest, reader: Reader, number: str) -> HttpResponse:
    """A certificate of an issuer in reach as PDF, in the reader's language."""
    return certificate_answer(request, reader.who_acts(), number)


def _files(held: PersonalFile, reader: Reader) -> set[str]:
    """Those of the certificates whose issuer is reached: the others' lines were recorded elsewhere."""
    node = reader.reach.node
    return {one.number for one in held.certificates if node is not None and is_within(one.issuer, node)}


def bars_of(held: PersonalFile) -> list[Bar]:
    """The last months with approved hours as bars, the newest last; pure."""
    seconds: dict[str, int] = defaultdict(int)
    for line in held.record.lines:
        if line.approved_s > 0:
            seconds[line.local_date.strftime("%Y-%m")] += line.approved_s
    return month_bars(seconds)
