"""Which level, or which role beside it, a deed needs; where somebody may do it says `settlement.reach`."""

from collections.abc import Collection
from enum import StrEnum

from foundation.errors import RulesError
from foundation.trouble import Trouble
from settlement.accounts.actor import Actor, Level, Role
from settlement.troubles import AccountTrouble


class Deed(StrEnum):
    """What people do at the centre."""

    REVIEW = "review"  # approve, reject, name activities
    REVIEW_ARCHIVED = "review_archived"  # the same once an activity is archived
    ENTER_MANUAL = "enter_manual"
    CONFIRM_MANUAL = "confirm_manual"
    RAISE_DISPUTE = "raise_dispute"
    ANSWER_DISPUTE = "answer_dispute"
    CHANGE_ACCESS = "change_access"  # suspend people, withdraw badges and cards
    DECIDE_GIFTS = "decide_gifts"
    HAND_OUT_GIFTS = "hand_out_gifts"
    DECIDE_STARS = "decide_stars"
    RATE = "rate"
    CERTIFY = "certify"
    REQUEST_TRANSFER = "request_transfer"
    DECIDE_TRANSFER = "decide_transfer"
    INSPECT = "inspect"
    PUBLISH = "publish"
    SETTLE_ALARM = "settle_alarm"
    ENTER_PEOPLE = "enter_people"
    MERGE_PEOPLE = "merge_people"  # two numbers of one person, and back
    ENTER_ACTIVITIES = "enter_activities"  # and sites, organisations
    ENTER_STAFF = "enter_staff"  # who may act at terminals
    RUN_TERMINALS = "run_terminals"  # enrol, revoke, give settings
    CHANGE_ACCOUNTS = "change_accounts"
    ERASE_PEOPLE = "erase_people"
    READ_PEOPLE = "read_people"  # personal data in clear
    READ_AUDIT = "read_audit"
    APPLY_RULES = "apply_rules"  # put other rules in force


_NEEDS: dict[Deed, tuple[Level, frozenset[Role]]] = {
    Deed.REVIEW: (Level.MIDDLE, frozenset({Role.REVIEWER, Role.SUPERVISOR})),
    Deed.REVIEW_ARCHIVED: (Level.SENIOR, frozenset()),
    Deed.ENTER_MANUAL: (Level.ORDINARY, frozenset({Role.LIAISON, Role.SUPERVISOR})),
    Deed.CONFIRM_MANUAL: (Level.MIDDLE, frozenset({Role.REVIEWER, Role.SUPERVISOR})),
    Deed.RAISE_DISPUTE: (Level.ORDINARY, frozenset(Role)),  # for somebody else
    Deed.ANSWER_DISPUTE: (Level.MIDDLE, frozenset({Role.REVIEWER, Role.SUPERVISOR})),
    Deed.CHANGE_ACCESS: (Level.ORDINARY, frozenset({Role.LIAISON})),
    Deed.DECIDE_GIFTS: (Level.MIDDLE, frozenset({Role.REVIEWER})),
    Deed.HAND_OUT_GIFTS: (Level.ORDINARY, frozenset({Role.LIAISON})),
    Deed.DECIDE_STARS: (Level.MIDDLE, frozenset({Role.REVIEWER})),
    Deed.RATE: (Level.VOLUNTEER, frozenset()),
    Deed.CERTIFY: (Level.MIDDLE, frozenset()),
    Deed.REQUEST_TRANSFER: (Level.ORDINARY, frozenset({Role.LIAISON})),
    Deed.DECIDE_TRANSFER: (Level.MIDDLE, frozenset()),
    Deed.INSPECT: (Level.ORDINARY, frozenset({Role.INSPECTOR})),
    Deed.PUBLISH: (Level.SENIOR, frozenset()),
    Deed.SETTLE_ALARM: (Level.MIDDLE, frozenset({Role.INSPECTOR})),
    Deed.ENTER_PEOPLE: (Level.ORDINARY, frozenset({Role.LIAISON})),
    Deed.MERGE_PEOPLE: (Level.MIDDLE, frozenset()),
    Deed.ENTER_ACTIVITIES: (Level.MIDDLE, frozenset()),
    Deed.ENTER_STAFF: (Level.MIDDLE, frozenset()),
    Deed.RUN_TERMINALS: (Level.SENIOR, frozenset()),
    Deed.CHANGE_ACCOUNTS: (Level.MIDDLE, frozenset()),
    Deed.ERASE_PEOPLE: (Level.SENIOR, frozenset()),
    Deed.READ_PEOPLE: (Level.ORDINARY, frozenset(Role)),
    Deed.READ_AUDIT: (Level.SENIOR, frozenset()),
    Deed.APPLY_RULES: (Level.SUPER, frozenset()),
}


def may(actor: Actor, deed: Deed) -> bool:
    """Whether the actor's level, or a role beside it, allows the deed somewhere."""
    return allowed(actor.level, actor.roles, deed)


def allowed(level: Level, roles: Collection[Role], deed: Deed) -> bool:
    """Whether a level, or one of these roles beside it, allows the deed somewhere."""
    least, one_of = _NEEDS[deed]
    return level.is_at_least(least) or not one_of.isdisjoint(roles)


def check_may(actor: Actor, deed: Deed) -> None:
    """Raise RulesError NOT_ALLOWED where neither level nor role allows the deed."""
    if not may(actor, deed):
        raise RulesError(
            AccountTrouble.NOT_ALLOWED,
            name=actor.name,
            level=Trouble.term("level", actor.level),
            deed=Trouble.term("deed", deed),
        )
