"""What Django must know of the application."""

from django.apps import AppConfig

from settlement.database.pooled import read_whole_from_pools


class SettlementConfig(AppConfig):
    """The centre's one application."""

    name = "settlement"
    verbose_name = "Muster settlement"

    def ready(self) -> None:
        """Called once, before the first connection."""
        read_whole_from_pools()
