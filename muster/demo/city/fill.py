"""Fills a demo's centre with the example city, by the services that its pages and commands call."""

from collections.abc import Callable

from msgspec import Struct

from foundation.errors import DeviceError, SettingsError
from foundation.words import FALLBACK, Words
from muster.demo.city.deeds import ONCE_APPROVED, ONCE_SETTLED_ANEW
from muster.demo.city.enrolling import deliver, enrol
from muster.demo.city.log_ins import add_log_ins, clerk_of
from muster.demo.city.office import Office, approve_what_is_old, call_the_roll, follow, publish_notice
from muster.demo.city.people import Resident, people_list, residents_of
from muster.demo.city.plan import Calendar, CityPlan, load_city, values_of
from muster.demo.city.roll import Caller, PlayedCase, Roll
from muster.troubles import CommandTrouble
from settlement.accounts.actor import Actor
from settlement.accounts.audit import Signed
from settlement.centre import Centre
from settlement.lists.file import ListFile
from settlement.master_data.activities import enter_activity
from settlement.master_data.organisations import enter_organisation
from settlement.master_data.people_import import import_people
from settlement.master_data.sites import enter_site
from settlement.settings import CentreSettings
from sync.contract.wire import Realm

VOLUNTEERS = 400
LEAST_VOLUNTEERS = 60
"""With fewer, not everybody whom a case needs would be free on its days."""
_JOINED_DAYS_AGO = 60


class Filling(Struct, frozen=True):
    """Where the city goes: the centre, its two who decide, and how long everything takes.

    `staff` are the references of two who act at terminals. `settle` returns once everything that was put in
    so far is settled, `say` tells whoever waits.
    """

    settings: CentreSettings
    centre: Centre
    deciders: tuple[Actor, Actor]
    staff: tuple[str, str]
    now_ms: int
    settle: Callable[[], None]
    say: Callable[[str], None] = lambda _: None
    volunteers: int = VOLUNTEERS


class City(Struct, frozen=True):
    """What was put in, for those who look at it afterwards."""

    plan: CityPlan
    residents: list[Resident]
    cases: list[PlayedCase]
    calendar: Calendar


def fill_city(filling: Filling) -> City:
    """Put the city in and let people decide on some of it; the rest waits for whoever logs in.

    Raises SettingsError at a live centre, where nobody is made up and no password is known to all.
    """
    if filling.centre.realm is not Realm.DEMO:
        raise SettingsError(CommandTrouble.DEMO_FAILED, why="This centre is a real one.", log="its settings")
    plan, now_ms = load_city(), filling.now_ms
    calendar = Calendar.at(now_ms, plan.zone)
    residents = residents_of(plan, max(LEAST_VOLUNTEERS, filling.volunteers))
    roll = Caller(plan, residents, now_ms, filling.staff).draw_up()
    first, second = filling.deciders
    signed = Signed(first, now_ms)
    _enter(plan, calendar, signed)
    _import(residents, roll, calendar, signed)
    filling.say(
        f"{len(plan.organisation)} organisations, {len(plan.site)} sites, {len(plan.activity)} activities,"
        f" {len(residents)} volunteers"
    )
    clerk = clerk_of(plan, signed)
    add_log_ins(plan, residents, signed)
    logs = enrol(plan, first, now_ms, filling.settings, filling.centre)
    sent = deliver(plan, logs, roll.scans, now_ms, filling.settings, filling.centre)
    filling.say(f"{len(logs)} terminals sent {len(roll.scans)} check-ins and check-outs in {sent} messages")
    filling.settle()
    office = Office(plan, calendar, now_ms, first, second, clerk)
    approved = approve_what_is_old(office)
    filling.say(f"settled; {approved} clean lines of earlier weeks are approved")
    call_the_roll(office, roll.cases)
    done = follow(office, roll.cases, ONCE_APPROVED)
    filling.settle()
    done += follow(office, roll.cases, ONCE_SETTLED_ANEW)
    publish_notice(office)
    filling.say(
        f"{len(roll.cases)} cases are not as usual, {done} things were done about them; the rest waits"
    )
    return City(plan, residents, roll.cases, calendar)


def _enter(plan: CityPlan, calendar: Calendar, signed: Signed) -> None:
    for organisation in plan.organisation:
        enter_organisation(
            organisation.path, organisation.name, signed, organisation.issuer, organisation.in_charge
        )
    for site in plan.site:
        enter_site(site.code, signed, name=site.name, zone=plan.zone, organisation=site.organisation)
    for activity in plan.activity:
        enter_activity(values_of(activity, calendar), signed)


def _import(residents: list[Resident], roll: Roll, calendar: Calendar, signed: Signed) -> None:
    joined = calendar.date(_JOINED_DAYS_AGO).isoformat()
    content = people_list(residents, joined, roll.expected)
    imported = import_people(ListFile(content), None, signed)
    if imported.broken:
        why = Words(FALLBACK).trouble(imported.broken[0].troubles[0])
        raise DeviceError(CommandTrouble.DEMO_FAILED, why=f"The city's people: {why}", log="city.toml")
