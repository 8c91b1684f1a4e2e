"""One account of each level for whoever tries the demo, each made by an invitation as any other."""

from foundation.errors import RulesError
from muster.demo.city.people import Resident
from muster.demo.city.plan import CityPlan
from settlement.accounts.accounts import NewAccount, acting, add_account
from settlement.accounts.actor import Actor, Level, Role
from settlement.accounts.audit import Signed
from settlement.accounts.invitations import accept_invitation, invite_login
from settlement.troubles import AccountTrouble

CLERK = "clerk"
_CLERK_NAME = "Sun Jiahui"
_DAYS = 7


def add_log_ins(plan: CityPlan, residents: list[Resident], signed: Signed) -> None:
    """Add the accounts of the plan with their passwords, so that people can log in."""
    for one in plan.account:
        number = _first_of(residents, one.organisation) if one.level is Level.VOLUNTEER else None
        named = one.name or next(person.name for person in residents if person.number == number)
        add_account(
            NewAccount(
                login=one.login,
                name=named,
                level=one.level,
                organisation=one.organisation,
                volunteer=number,
            ),
            signed,
        )
        accept_invitation(invite_login(one.login, _DAYS, signed), one.password, signed.now_ms)


def clerk_of(plan: CityPlan, signed: Signed) -> Actor:
    """Who wrote the city's times down: somebody else than those who will decide on them."""
    try:
        return acting(CLERK)
    except RulesError as error:
        if error.code != AccountTrouble.UNKNOWN_ACCOUNT:
            raise
    wanted = NewAccount(
        login=CLERK,
        name=_CLERK_NAME,
        level=Level.ORDINARY,
        organisation=plan.organisation[0].path,
        roles=frozenset({Role.LIAISON}),
    )
    add_account(wanted, signed)
    return acting(CLERK)


def _first_of(residents: list[Resident], organisation: str) -> int:
    return next(one.number for one in residents if one.organisation == organisation)
