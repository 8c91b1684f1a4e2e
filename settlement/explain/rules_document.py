"""Where the rules stand for people: docs/rules.md as it ships, and the page of the centre that shows it."""

from collections.abc import Iterable
from pathlib import Path

from foundation.settings import shipped
from foundation.words import FALLBACK
from settlement.explain.explanation import Explanation
from settlement.explain.sentences import Teller
from settlement.rules.flags import RULE_OF_FLAG

RULES_PAGE = "rules"
"""The path of the page that shows the document."""


def rules_document() -> Path:
    """The file, in a checkout or in an installed wheel."""
    return shipped("rules.md", "docs")


def rules_account(language: str) -> Path | None:
    """The account of them in another language than the document's own; None where there is none."""
    return None if language == FALLBACK else shipped(f"rules.{language}.md", "docs")


def anchor_of(rule: str) -> str:
    """The name of a rule's place on the page: `s7` for S7."""
    return rule.lower()


def address_of(rule: str) -> str:
    """Where the page of the centre shows a rule: `/rules#s7`."""
    return f"/{RULES_PAGE}#{anchor_of(rule)}"


def tell_rules(lines: Iterable[Explanation], teller: Teller) -> str:
    """A sentence that says where to read the rules that made these lines, or all of them where none did."""
    sessions = [session for line in lines for session in line.sessions]
    named = {step.rule for session in sessions for step in session.steps if step.rule}
    named |= {rule for flag, rule in RULE_OF_FLAG.items() if any(flag in one.flags for one in sessions)}
    addresses = [address_of(rule) for rule in sorted(named, key=lambda rule: int(rule[1:]))]
    return teller.words.say(
        "explain-rules",
        file=str(rules_document()),
        addresses=", ".join(addresses) or f"/{RULES_PAGE}",
    )
