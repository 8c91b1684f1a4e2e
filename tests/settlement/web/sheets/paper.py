"""A paper list as somebody types it, and what the page says."""

import html

from settlement.models import ManualRecord

HOUR = 3_600_000

PAPER = "/sheets/of/fair/"


def write(browser, *rows, day="2026-03-07", reason="no power", form="f1", **more):
    cells = {}
    for place, (number, came, left, *rest) in enumerate(rows, 1):
        cells |= {f"number-{place}": number, f"came-{place}": came, f"left-{place}": left}
        cells |= {f"next-{place}": "1"} if rest else {}
    return browser.post(PAPER, {"day": day, "reason": reason, "form": form, **cells, **more})


def text_of(response):
    return html.unescape(response.content.decode())


def times():
    return [*ManualRecord.objects.order_by("pk").values_list("volunteer", "direction", "at_ms")]


MEI, WEI = ("1001", "09:00", "17:00"), ("1002", "930", "")
