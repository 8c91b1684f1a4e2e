"""The page of the settlement rules: docs/rules.md as it ships, each rule under its number (`/rules#s7`)."""

import re
from functools import cache
from itertools import pairwise

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe
from markdown_it import MarkdownIt
from msgspec import Struct

from settlement.explain.rules_document import anchor_of, rules_document
from settlement.web.frame import answer, frame, words_for


class Heading(Struct, frozen=True):
    """A section of the document, and the name of its place on the page."""

    anchor: str
    text: str


class Rendered(Struct, frozen=True):
    """The document as HTML, what it is called, and its sections in order."""

    title: str
    html: str
    headings: tuple[Heading, ...]


@require_safe
def rules(request: HttpRequest) -> HttpResponse:
    """What each rule says, in English: the document that the code follows."""
    context = frame(request, words_for(request)) | {"document": _shipped_rules()}
    return answer(request, "settlement/rules.html", context)


def render(markdown: str) -> Rendered:
    """The HTML of a document of ours; HTML in it is shown as text, and never becomes markup."""
    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = parser.parse(markdown)
    title, headings = "", []
    for opening, inline in pairwise(tokens):
        if opening.type != "heading_open":
            continue
        if opening.tag == "h1":
            title = inline.content
        else:
            heading = Heading(_anchor(inline.content), inline.content)
            opening.attrSet("id", heading.anchor)
            headings.append(heading)
    return Rendered(title, parser.renderer.render(tokens, parser.options, {}), tuple(headings))


def _anchor(heading: str) -> str:
    first = heading.split(maxsplit=1)[0]
    if re.fullmatch(r"S\d+", first):
        return anchor_of(first)
    return re.sub(r"\W+", "-", heading.lower()).strip("-")


@cache
def _shipped_rules() -> Rendered:
    return render(rules_document().read_text(encoding="utf-8"))
