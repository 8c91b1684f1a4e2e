"""Signs that word processors and input methods put where a format wants those of ASCII. Pure.

A curly quote or a full-width comma looks right to whoever wrote it, and a parser only says that something is
invalid. What stands within strings and comments is text, and may be any sign.
"""

import unicodedata
from typing import NamedTuple

_SIGNS = {
    **dict.fromkeys("“”„‟«»〝〞〟「」『』″", '"'),
    **dict.fromkeys("‘’‚‛‹›′´`", "'"),
    **dict.fromkeys("、،", ","),
    **dict.fromkeys("【〔", "["),
    **dict.fromkeys("】〕", "]"),
    **dict.fromkeys("。٫", "."),
    "−": "-",
}


class LookAlike(NamedTuple):
    """A sign that the format does not have there; line and column are counted from 1."""

    line: int
    column: int
    sign: str
    wanted: str
    """The sign of ASCII that was meant; empty for one that is not seen, and must go."""

    @property
    def shown(self) -> str:
        """The sign as a person can find it, with its code point where it can be seen, else that alone."""
        code = f"U+{ord(self.sign):04X}"
        return f"{self.sign} ({code})" if self.sign.isprintable() and self.sign.strip() else code


def look_alike_in(text: str, *, comments: bool) -> LookAlike | None:
    """The first look-alike outside of strings, or the one that leaves a string of one line open.

    For texts of TOML (`comments` begin with #) and JSON that their parser has refused.
    """
    line, begin, at = 1, 0, 0
    quote, within = "", None
    while at < len(text):
        one = text[at]
        if one == "\n":
            if len(quote) == 1:
                return within
            line, begin = line + 1, at + 1
        elif quote:
            if text.startswith(quote, at):
                at, quote = at + len(quote) - 1, ""
            elif one == "\\" and quote[0] == '"' and text[at + 1 : at + 2] != "\n":
                at += 1
            elif within is None and _meant(one) == quote:
                within = LookAlike(line, at - begin + 1, one, quote)
        elif one in "\"'":
            quote, within = one * 3 if text.startswith(one * 3, at) else one, None
            at += len(quote) - 1
        elif comments and one == "#":
            at = text.find("\n", at) - 1 if "\n" in text[at:] else len(text)
        elif (wanted := _meant(one)) is not None:
            # JSON has no single quotes.
            return LookAlike(line, at - begin + 1, one, '"' if wanted == "'" and not comments else wanted)
        at += 1
    return within if len(quote) == 1 else None


def _meant(one: str) -> str | None:
    """What of ASCII a sign stands for, "" for nothing at all; None for any other."""
    if one == "`":
        return "'"
    if one.isascii():
        return None
    if one in _SIGNS:
        return _SIGNS[one]
    category = unicodedata.category(one)
    if category in {"Cf", "Zs", "Pd"}:
        return {"Cf": "", "Zs": " ", "Pd": "-"}[category]
    if one.isdecimal():
        return str(unicodedata.decimal(one))
    plain = unicodedata.normalize("NFKC", one)
    return plain if len(plain) == 1 and plain.isascii() else None
