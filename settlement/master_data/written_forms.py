"""Characters as people and input methods write them, as what they are. Pure."""

import unicodedata


def plain(text: str) -> str:
    """Digits of every script as ASCII, compatibility forms as what they are, without marks nobody sees."""
    if text.isascii():
        return text
    seen = (one for one in text if unicodedata.category(one) != "Cf")
    digits = "".join(str(unicodedata.decimal(one)) if one.isdecimal() else one for one in seen)
    return unicodedata.normalize("NFKC", digits)
