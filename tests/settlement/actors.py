"""People who act in tests: their accounts are made as they are needed."""

from settlement.accounts.accounts import actor_of
from settlement.accounts.actor import Actor, Level
from settlement.models import Account, Organisation, Volunteer


def actor(
    name: str = "staff1", level: Level = Level.SUPER, node: str = "", roles=(), volunteer=None
) -> Actor:
    """Somebody with an account; one who is called by a number is the volunteer with that number."""
    text = name.strip()
    if text.isdecimal():
        number = int(text)
        text, volunteer = f"v{number}", number if Volunteer.objects.filter(pk=number).exists() else None
    login = text.lower().replace(" ", "-")
    row, _ = Account.objects.get_or_create(
        login=login,
        defaults={
            "real_name": name.strip(),
            "person": login,
            "level": level,
            "roles": list(roles),
            "organisation": Organisation.objects.get(path=node) if node else None,
            "volunteer_id": volunteer,
            "created_ms": 0,
        },
    )
    return actor_of(Account.objects.select_related("organisation").get(pk=row.pk))
