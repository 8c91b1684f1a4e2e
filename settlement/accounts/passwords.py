"""How passwords are kept."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class Argon2Hasher(Argon2PasswordHasher):
    """Argon2id at OWASP's first recommendation: 19 MiB, two passes, one lane.

    Django's own 100 MiB for each log-in would be a way to fill the memory of the pages' process. Source:
    OWASP, Password Storage Cheat Sheet.
    """

    time_cost = 2
    memory_cost = 19_456
    parallelism = 1
