"""Who may act at the centre: accounts of real people on the tree of organisations."""
# ruff: noqa: D106 - what a Meta class is for stands in its constraints and indexes

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models

from settlement.models.organisations import Organisation
from settlement.models.people import Volunteer


class Account(AbstractBaseUser):
    """A real person's account: `level` and `roles` say what it may do, `organisation` where (with all below).

    Without an organisation it is of the whole tree; only the highest level is. Accounts of one person share
    `person`, and `volunteer` is that person's own number, if any: by these four eyes are counted. Somebody
    who works on the centre's machine as `system_user` need not say who it is. `ended_ms` is when it ended:
    it acts no more, and its decisions stay.
    """

    login = models.CharField(max_length=40, unique=True)
    real_name = models.CharField(max_length=40)
    person = models.CharField(max_length=32)
    level = models.CharField(max_length=9)
    roles = models.JSONField(default=list)
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="accounts"
    )
    volunteer = models.ForeignKey(
        Volunteer, on_delete=models.PROTECT, null=True, blank=True, related_name="accounts"
    )
    system_user = models.CharField(max_length=32, blank=True, default="")
    created_ms = models.BigIntegerField()
    ended_ms = models.BigIntegerField(null=True, blank=True)

    objects = BaseUserManager["Account"]()

    USERNAME_FIELD = "login"

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(level__in=("super", "senior", "middle", "ordinary", "volunteer")),
                name="known_level",
            ),
            models.CheckConstraint(
                condition=models.Q(organisation__isnull=False) | models.Q(level="super"),
                name="below_the_highest_level_of_an_organisation",
            ),
            models.UniqueConstraint(
                fields=("system_user",),
                name="one_account_per_system_user",
                condition=~models.Q(system_user="") & models.Q(ended_ms__isnull=True),
            ),
        )

    def __str__(self) -> str:
        return self.login

    @property
    def is_active(self) -> bool:  # type: ignore[override]
        """What the log-in asks for."""
        return self.ended_ms is None


class Invitation(models.Model):
    """A secret by which somebody sets the password of an account, once, until `ends_ms`; its hash is kept."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="invitations")
    digest = models.CharField(max_length=64, unique=True)
    made_ms = models.BigIntegerField()
    ends_ms = models.BigIntegerField()
    used_ms = models.BigIntegerField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.account_id} until {self.ends_ms}"
