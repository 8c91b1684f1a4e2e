"""Codes that were made for something else: addresses, payments, contacts, networks. Pure.

A roster may know such a code nevertheless, as somebody's library card. Where none does, whoever shows it is
told that it is of another kind.
"""

import re

from foundation.code_text import is_undeclared

_MADE_FOR_ELSE = re.compile(
    r"(?:https?|weixin|wxp|alipays?|upi|bitcoin|tel|sms|smsto|mailto|mms|geo|wifi|wpa|otpauth|market|intent"
    r"|mecard|mebkm|matmsg|fido|lpa):|begin:v(?:card|event|calendar)|www\.",
    re.IGNORECASE,
)
"""How codes begin that open, pay, call or join something."""


def is_made_for_something_else(text: str) -> bool:
    """Whether a code that nobody knows is evidently no badge or card of a volunteer's."""
    return is_undeclared(text) or _MADE_FOR_ELSE.match(text.strip()) is not None
