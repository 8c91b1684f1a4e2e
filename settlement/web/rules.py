"""The page of the settlement rules, each under its number (`/rules#s7`): docs/rules.md as it ships.

Readers of another language get the account of docs/rules.LANGUAGE.md, its numbers those of the rules that are
in force today, and the way to the whole document.
"""

import re
from functools import cache
from itertools import pairwise
from pathlib import Path

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe
from markdown_it import MarkdownIt
from msgspec import Struct

from foundation.words import Words
from settlement.explain.rules_document import anchor_of, rules_account, rules_document
from settlement.rule_book import rules_now
from settlement.rules.rule_set import RuleSet
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
    """What each rule says: in the reader's language, or whole in English, which the code follows."""
    words = words_for(request)
    account = rules_account(words.language)
    brief = None if request.GET.get("text") == "whole" else account
    told = frame(request, words) | {
        "document": _shipped_rules() if brief is None else _account(brief, words),
        "is_brief": brief is not None,
        "may_be_brief": account is not None,
    }
    return answer(request, "settlement/rules.html", told)


def in_force(text: str, words: Words, held: RuleSet) -> str:
    """The text with the numbers of these rules where it names their settings, as in {debounce_s}."""

    def told(named: re.Match[str]) -> str:
        value = getattr(held, named[1])
        if value is None:
            return "–"
        if named[1].endswith("_s"):
            return words.duration(value)
        return " / ".join(map(str, value)) if isinstance(value, tuple) else str(value)

    return re.sub(r"\{(\w+)\}", told, text)


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


def _account(brief: Path, words: Words) -> Rendered:
    return render(in_force(brief.read_text(encoding="utf-8"), words, rules_now()))


@cache
def _shipped_rules() -> Rendered:
    return render(rules_document().read_text(encoding="utf-8"))
