"""How django-allauth logs people in here: by login names, without e-mail, nobody by themselves."""

import base64
import hashlib
from typing import Any

import segno
from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet
from django.conf import settings
from django.http import HttpRequest
from django.shortcuts import resolve_url

from settlement.accounts.actor import Level


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts come by invitation alone, and messages stand on the page."""

    def is_open_for_signup(self, _request: HttpRequest) -> bool:
        """Nobody signs up."""
        return False

    def add_message(self, *_: Any, **__: Any) -> None:  # noqa: ANN401 - the library's signature
        """There is no stack of messages to put one on."""

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """A volunteer's own pages; for everybody else all of their sites at once."""
        account = request.user
        is_volunteer = account.is_authenticated and account.level == Level.VOLUNTEER and not account.roles
        return resolve_url("mine" if is_volunteer else "now")

    def send_mail(self, *_: Any, **__: Any) -> None:  # noqa: ANN401 - the library's signature
        """No e-mail is known."""

    def send_notification_mail(self, *_: Any, **__: Any) -> None:  # noqa: ANN401 - the library's signature
        """No e-mail is known."""


class SecondFactor(DefaultMFAAdapter):  # type: ignore[misc]
    """Keeps the secrets of one-time codes sealed by the centre's secret, which no backup of tables holds."""

    def get_totp_issuer(self) -> str:
        """What the telephone calls it."""
        return f"Muster {settings.CENTRE.store}"

    def build_totp_svg(self, url: str) -> str:
        """A drawing that stands in the page itself: nothing is loaded."""
        return segno.make(url, error="m").svg_inline(scale=5, border=2)

    def encrypt(self, text: str) -> str:
        """As it is stored."""
        return _seal().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """As it is needed."""
        return _seal().decrypt(encrypted_text.encode()).decode()

    def send_notification_mail(self, *_: Any, **__: Any) -> None:  # noqa: ANN401 - the library's signature
        """No e-mail is known."""


def _seal() -> Fernet:
    key = hashlib.sha256(b"muster second factor\0" + settings.SECRET_KEY.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(key))
