"""What a trouble is in English, for tests that read its sentence."""

from foundation.trouble import Trouble
from foundation.words import Words


def in_english(*troubles: Trouble | None) -> str:
    """Each one's sentence and remedy; "" for none."""
    return " ".join(Words("en").trouble(one) for one in troubles if one)
