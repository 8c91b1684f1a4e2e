"""Passwords that cost next to nothing, for tests that only need somebody who has one."""

from settlement.accounts.passwords import Argon2Hasher


class CheapHasher(Argon2Hasher):
    """The centre's own, as weak as Argon2 can be."""

    time_cost = 1
    memory_cost = 8
