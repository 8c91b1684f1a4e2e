"""The pages on which anybody reads the yearly notices, as they were published: names stand masked in them."""

import msgspec
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from settlement.local_times import local_text
from settlement.models import PublicNotice
from settlement.reports.table import Table
from settlement.rule_book import rules_at
from settlement.troubles import CentreTrouble
from settlement.web.frame import answer, frame, words_for
from settlement.web.missing import NotHere


@require_safe
def notices(request: HttpRequest) -> HttpResponse:
    """The notices that were published, the latest first."""
    words = words_for(request)
    published = PublicNotice.objects.select_related("organisation", "withdrawal").order_by(
        "-published_ms", "-pk"
    )
    rows = [
        {
            "notice": row,
            "published": _day(row.published_ms),
            "title": content_of_notice(row).title,
            "is_withdrawn": hasattr(row, "withdrawal"),
        }
        for row in published
    ]
    return answer(request, "settlement/notices.html", frame(request, words) | {"rows": rows})


@require_safe
def notice(request: HttpRequest, number: int) -> HttpResponse:
    """One notice, in the language in which it was published; of one that was withdrawn, that and why."""
    words = words_for(request)
    row = PublicNotice.objects.select_related("organisation", "withdrawal").filter(pk=number).first()
    if row is None:
        raise NotHere(CentreTrouble.NO_NOTICE_HERE, number=number)
    table, withdrawal = content_of_notice(row), getattr(row, "withdrawal", None)
    context = frame(request, words) | {
        "notice": row,
        "published": _day(row.published_ms),
        "withdrawn": _day(withdrawal.at_ms) if withdrawal else "",
        "withdrawal": withdrawal,
        "table": table,
        "rows": [
            list(zip(table.columns, cells, strict=True)) for cells in ([] if withdrawal else table.rows)
        ],
    }
    return answer(request, "settlement/notice.html", context)


def content_of_notice(row: PublicNotice) -> Table:
    """The notice as it was published."""
    return msgspec.convert(row.content, Table)


def _day(at_ms: int) -> str:
    return local_text(at_ms, rules_at(at_ms).settlement_tz)[: len("2026-03-07")]
