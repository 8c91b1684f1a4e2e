"""What Django must know of the application."""

from django.apps import AppConfig


class SettlementConfig(AppConfig):
    """The centre's one application."""

    name = "settlement"
    verbose_name = "Muster settlement"
