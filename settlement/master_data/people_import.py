"""Bringing a file of volunteers into the database: all of it, all but its broken rows, or nothing."""

import datetime as dt
from collections.abc import Collection, Sequence
from zoneinfo import ZoneInfo

from django.conf import settings as django_settings
from django.db import transaction
from msgspec import Struct

from foundation.errors import RulesError
from foundation.person_name import tidied
from foundation.trouble import Trouble
from settlement.accounts.audit import Action, Kind, Signed, note
from settlement.accounts.authority import Deed, check_may
from settlement.evidence.attribution import attribute_again, mark_unsettled
from settlement.look_up import portions
from settlement.master_data.csv_rows import BrokenRow, RowTrouble
from settlement.master_data.list_file import ListFile
from settlement.master_data.people_file import People, Person, read_people
from settlement.merged_numbers import MergedNumbers, merged_numbers
from settlement.models import Activity, Assignment, Credential, Membership, Organisation, Post, Volunteer
from settlement.reach import Reach, reach_of
from settlement.rule_book import rules_at
from settlement.rules.local_dates import local_dates
from settlement.settings import CentreSettings
from settlement.troubles import AccountTrouble
from sync.contract.pseudonym import load_key


class Imported(Struct, frozen=True):
    """What became of a file: how many of each are new, and which rows are broken."""

    volunteers: int
    memberships: int
    assignments: int
    cards: int
    broken: tuple[BrokenRow, ...]


class _Entered(Struct, frozen=True):
    """What the rows name, as far as it is entered already."""

    names: dict[int, str]
    erased: set[int]
    activities: set[str]
    posts: dict[tuple[str, str], int]
    organisations: dict[str, int]
    holders: dict[str, int]
    """Whom a card or telephone stands for."""
    merged: MergedNumbers
    today: dt.date


def import_people(
    file: ListFile,
    organisation: Organisation | None,
    signed: Signed,
    *,
    skip_broken: bool = False,
) -> Imported:
    """Enter the volunteers of a file, their memberships, assignments, cards and telephones.

    Rows that name no organisation mean `organisation`. If any row is broken nothing is entered, unless
    `skip_broken`: then all others are. A volunteer who is known already keeps the name: a row that gives the
    number another one is broken. Raises SettingsError for a file or a pseudonym key that can't be read,
    RulesError NOT_ALLOWED, OUT_OF_REACH.
    """
    now_ms = signed.now_ms
    settings: CentreSettings = django_settings.CENTRE
    key = load_key(settings.path(settings.pseudonym_key_file))
    people = read_people(file, key, settings.telephone_region)
    with transaction.atomic():
        home = organisation.path if organisation else ""
        _check_reach(people.whole, home, signed)
        entered = _entered(people.whole, home, now_ms)
        fitting = _resolve(people.whole, home, entered)
        whole = fitting.whole
        broken = tuple(sorted([*people.broken, *fitting.broken], key=lambda found: found.row))
        if broken and not skip_broken:
            return Imported(0, 0, 0, 0, broken)
        done = Imported(
            _enter_volunteers(whole, entered),
            _enter_memberships(whole, home, entered, now_ms),
            _enter_assignments(whole, entered, now_ms),
            _enter_cards(whole, entered),
            broken,
        )
        _note(whole, done, signed)
        # Scans that waited for a volunteer or a card count now.
        attribute_again(now_ms)
    return done


def _check_reach(people: Sequence[Person], home: str, signed: Signed) -> None:
    """Whoever imports may enter people there: in each organisation, and at each activity, that is named;
    and nobody who belongs elsewhere.
    """
    if signed.by is None:
        return
    check_may(signed.by, Deed.ENTER_PEOPLE)
    reach = reach_of(signed.by)
    for path in sorted({person.organisation or home for person in people}):
        reach.branch(path)
    if not reach.is_whole and not all(person.organisation or home for person in people):
        raise RulesError(AccountTrouble.OUT_OF_REACH, name="–")
    wanted = {person.activity for person in people if person.activity}
    known = set(Activity.objects.filter(pk__in=wanted).values_list("pk", flat=True))
    reached = set(reach.activities().filter(pk__in=known).values_list("pk", flat=True))
    if beyond := sorted(known - reached):
        raise RulesError(AccountTrouble.OUT_OF_REACH, name=beyond[0])
    if others := _others({person.number for person in people}, reach):
        raise RulesError(AccountTrouble.OUT_OF_REACH, name=", ".join(map(str, others[:5])))


def _others(numbers: Collection[int], reach: Reach) -> list[int]:
    """Those who are entered already and belong to organisations, but to none that is reached."""
    if reach.is_whole:
        return []
    belong: set[int] = set()
    for portion in portions(numbers):
        current = Membership.objects.filter(volunteer__in=portion, left_ms=None)
        belong.update(current.values_list("volunteer__number", flat=True))
        belong.difference_update(
            reach.volunteers().filter(number__in=portion).values_list("number", flat=True)
        )
    return sorted(belong)


def _note(people: Sequence[Person], done: Imported, signed: Signed) -> None:
    """One row for the whole file: who came with it, and how much was new."""
    numbers = sorted({person.number for person in people})
    told = {"volunteers": done.volunteers, "memberships": done.memberships, "cards": done.cards,
            "assignments": done.assignments, "numbers": numbers}  # fmt: skip
    note(Action.ENTER, Kind.VOLUNTEER, "import", signed, after=told)


def _entered(people: Sequence[Person], home: str, now_ms: int) -> _Entered:
    activities = {person.activity for person in people}
    paths = {person.organisation or home for person in people}
    posts = Post.objects.filter(activity__in=activities).values_list("activity__id", "name", "pk")
    return _Entered(
        names=_names({person.number for person in people}),
        erased=_erased({person.number for person in people}),
        activities=set(Activity.objects.filter(id__in=activities).values_list("id", flat=True)),
        posts={(activity, name): pk for activity, name, pk in posts},
        organisations=dict(Organisation.objects.filter(path__in=paths).values_list("path", "pk")),
        holders=_holders(
            {ref for person in people for card in person.cards for ref in (card.ref, card.before) if ref}
        ),
        merged=merged_numbers(),
        today=local_dates(rules_at(now_ms).settlement_tz).date_of(now_ms // 1000),
    )


def _resolve(people: Sequence[Person], home: str, entered: _Entered) -> People:
    """The rows that fit what is entered already and each other, and the others."""
    held = dict(entered.holders)
    found = People([], [])
    for person in people:
        why = _misfit(person, home, entered) or _taken(person, held, entered.merged)
        if why:
            found.broken.append(BrokenRow(person.row, why))
        else:
            held.update((card.ref, person.number) for card in person.cards)
            found.whole.append(person)
    return found


def _misfit(person: Person, home: str, entered: _Entered) -> Trouble | None:
    """Why a row does not fit what is entered; None where it does."""
    path = person.organisation or home
    if entered.merged.is_gone(person.number):
        return _row(
            RowTrouble.NUMBER_MERGED, volunteer=person.number, kept=entered.merged.kept(person.number)
        )
    if person.number in entered.erased:
        return _row(RowTrouble.WAS_ERASED, volunteer=person.number)
    if entered.names.get(person.number, person.name) != person.name:
        return _row(RowTrouble.ANOTHER_NAME, volunteer=person.number)
    if path and path not in entered.organisations:
        return _row(RowTrouble.NO_ORGANISATION, organisation=path)
    if person.joined and not path:
        return _row(RowTrouble.ORGANISATION_MISSING)
    if person.joined and person.joined > entered.today:
        return _row(RowTrouble.NOT_JOINED_YET, day=person.joined)
    if person.activity and person.activity not in entered.activities:
        return _row(RowTrouble.NO_ACTIVITY, activity=person.activity)
    if person.post and (person.activity, person.post) not in entered.posts:
        return _row(RowTrouble.NO_POST, activity=person.activity, post=person.post)
    return None


def _taken(person: Person, held: dict[str, int], merged: MergedNumbers) -> Trouble | None:
    """Whether something of this person stands for somebody else; it is named by its kind alone."""
    for card in person.cards:
        for ref in (card.ref, card.before):
            if merged.kept(held.get(ref, person.number)) != person.number:
                kind = Trouble.term("card", card.method)
                return _row(RowTrouble.CARD_TAKEN, card=kind, volunteer=held[ref])
    return None


def _row(code: RowTrouble, **arguments: object) -> Trouble:
    return Trouble.term("row", code, **arguments)


def _enter_volunteers(people: Sequence[Person], entered: _Entered) -> int:
    new = {person.number: person for person in people if person.number not in entered.names}
    Volunteer.objects.bulk_create(
        Volunteer(number=person.number, display_name=person.name, language=person.language)
        for person in new.values()
    )
    return len(new)


def _enter_memberships(people: Sequence[Person], home: str, entered: _Entered, now_ms: int) -> int:
    zone = ZoneInfo(rules_at(now_ms).settlement_tz)
    wanted: dict[tuple[int, int], int] = {}
    for person in people:
        if path := person.organisation or home:
            joined_ms = _midnight_ms(person.joined, zone) if person.joined else now_ms
            wanted.setdefault((person.number, entered.organisations[path]), joined_ms)
    current = Membership.objects.filter(organisation__in={pk for _, pk in wanted}, left_ms=None)
    held = set(current.values_list("volunteer__number", "organisation__pk"))
    new = [
        Membership(volunteer_id=number, organisation_id=organisation, joined_ms=joined_ms)
        for (number, organisation), joined_ms in wanted.items()
        if (number, organisation) not in held
    ]
    Membership.objects.bulk_create(new)
    return len(new)


def _enter_assignments(people: Sequence[Person], entered: _Entered, now_ms: int) -> int:
    wanted = {(person.activity, person.number): person.post for person in people if person.activity}
    rows = [
        Assignment(activity_id=activity, volunteer_id=number, post_id=entered.posts.get((activity, post)))
        for (activity, number), post in wanted.items()
    ]
    assigned = Assignment.objects.filter(activity__in={activity for activity, _ in wanted})
    before = set(assigned.values_list("activity__id", "volunteer__number"))
    Assignment.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["activity", "volunteer"], update_fields=["post"]
    )
    mark_unsettled({number for _, number in wanted}, now_ms, master_data=True)
    return len(wanted.keys() - before)


def _enter_cards(people: Sequence[Person], entered: _Entered) -> int:
    new = {
        card.ref: Credential(
            ref=card.ref, volunteer_id=person.number, method=card.method, assurance=card.assurance
        )
        for person in people
        for card in person.cards
        if card.ref not in entered.holders
    }
    Credential.objects.bulk_create(new.values())
    return len(new)


def _midnight_ms(day: dt.date, zone: ZoneInfo) -> int:
    return int(dt.datetime.combine(day, dt.time(), zone).timestamp()) * 1000


def _names(numbers: Collection[int]) -> dict[int, str]:
    """The names of those who are entered, as they are compared."""
    names: dict[int, str] = {}
    for portion in portions(numbers):
        found = Volunteer.objects.filter(number__in=portion).values_list("number", "display_name")
        names.update((number, tidied(name)) for number, name in found)
    return names


def _erased(numbers: Collection[int]) -> set[int]:
    """Those who were erased, whose numbers are given to nobody again."""
    erased: set[int] = set()
    for portion in portions(numbers):
        rows = Volunteer.objects.filter(number__in=portion, erased_ms__isnull=False)
        erased.update(rows.values_list("number", flat=True))
    return erased


def _holders(references: Collection[str]) -> dict[str, int]:
    """Whom these cards and telephones stand for, as far as they are entered."""
    holders: dict[str, int] = {}
    for portion in portions(references):
        known = Credential.objects.filter(ref__in=portion)
        holders.update(known.values_list("ref", "volunteer__number"))
    return holders
