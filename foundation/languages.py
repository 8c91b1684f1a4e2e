"""The languages in which Muster speaks, and which way each is written; light, so that `--help` may ask."""

from enum import StrEnum

LANGUAGES = ("en", "zh-Hans", "ar")
FALLBACK = "en"


class Direction(StrEnum):
    """Which way a language is written; the values are those of HTML's `dir`."""

    LTR = "ltr"
    RTL = "rtl"


def direction(language: str) -> Direction:
    """Which way the language that serves the tag `language` is written."""
    return Direction.RTL if nearest(language) == "ar" else Direction.LTR


def nearest(tag: str) -> str:
    """The language of ours that serves a BCP 47 tag, English where none does.

    For what a machine says of itself; what a person writes is refused where `known` knows it not.
    """
    return known(tag) or FALLBACK


def known(tag: str) -> str | None:
    """The language of ours that serves a BCP 47 tag: `zh-CN` and `zh_Hans` → `zh-Hans`; None where none does.

    Readers of traditional characters are better served by simplified ones than by English.
    """
    primary = tag.replace("_", "-").partition("-")[0].lower()
    for language in LANGUAGES:
        if language.partition("-")[0] == primary:
            return language
    return None
