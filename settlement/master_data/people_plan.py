"""What a file of people would change: its rows beside each other and what is entered; nothing is written."""

import datetime as dt
from collections.abc import Collection, Iterator, Mapping, Sequence
from zoneinfo import ZoneInfo

from django.conf import settings as django_settings
from msgspec import Struct

from foundation.errors import RulesError
from foundation.trouble import Trouble
from settlement.accounts.audit import Signed
from settlement.accounts.authority import Deed, check_may
from settlement.lists.file import ListFile
from settlement.lists.row_troubles import BrokenRow, RowTrouble
from settlement.lists.written_forms import told
from settlement.look_up import portions
from settlement.master_data.conversions import Conversion, Example
from settlement.master_data.people_entered import Entered, entered_of
from settlement.master_data.people_file import CardReference, People, Person, read_people
from settlement.merged_numbers import MergedNumbers
from settlement.models import Activity, Assignment, Membership, Organisation
from settlement.reach import Reach, reach_of
from settlement.rule_book import rules_at
from settlement.settings import CentreSettings
from settlement.troubles import AccountTrouble
from sync.contract.pseudonym import load_key


class Assigned(Struct, frozen=True):
    """A volunteer's post in an activity (its row), and what it was; None where there is none."""

    post: int | None
    is_new: bool
    before: int | None


class Plan(Struct, frozen=True):
    """What the rows that fit would enter, and those that don't."""

    whole: Sequence[Person]
    broken: tuple[BrokenRow, ...]
    volunteers: Mapping[int, Person]
    """Who is new."""
    memberships: Mapping[tuple[int, int], int]
    """Of a number and an organisation's row, since when (UTC milliseconds); those that are new."""
    kept_memberships: int
    assignments: Mapping[tuple[str, int], Assigned]
    """Of an activity and a number, all that the rows name."""
    cards: Mapping[str, tuple[int, CardReference]]
    """Whom what is new stands for, by its reference."""
    kept_cards: int
    examples: Mapping[tuple[str, Conversion], Example]


def plan_of(file: ListFile, organisation: Organisation | None, signed: Signed) -> Plan:
    """What entering a file would change. Rows that name no organisation mean `organisation`.

    Raises SettingsError for a file or a pseudonym key that can't be read, RulesError NOT_ALLOWED and
    OUT_OF_REACH.
    """
    settings: CentreSettings = django_settings.CENTRE
    key = load_key(settings.path(settings.pseudonym_key_file))
    people = read_people(file, key, settings.telephone_region)
    home = organisation.path if organisation else ""
    named = [*people.whole, *people.partly]
    _check_reach(named, home, signed)
    entered = entered_of(named, home, signed.now_ms)
    fitting = _resolve(people, home, entered)
    whole = fitting.whole
    memberships = _memberships(whole, home, entered, signed.now_ms)
    held = _held_memberships(memberships)
    cards = {card.ref: (person.number, card) for person in reversed(whole) for card in person.cards}
    return Plan(
        whole,
        tuple(fitting.broken),
        {person.number: person for person in reversed(whole) if person.number not in entered.names},
        {about: joined_ms for about, joined_ms in memberships.items() if about not in held},
        len(memberships.keys() & held),
        _assignments(whole, entered),
        {ref: held_by for ref, held_by in cards.items() if ref not in entered.holders},
        len(cards.keys() & entered.holders.keys()),
        people.examples,
    )


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


def _resolve(people: People, home: str, entered: Entered) -> People:
    """The rows that fit what is entered already and each other, and the others."""
    held = dict(entered.holders)
    broken = {each.row: each.faults for each in people.broken}
    whole: list[Person] = []
    for person in sorted([*people.whole, *people.partly], key=lambda one: one.row):
        misfits = (*_misfits(person, home, entered), *_taken(person, held, entered.merged))
        if misfits:
            broken[person.row] = (*broken.get(person.row, ()), *misfits)
        elif person.row not in broken:
            held.update((card.ref, person.number) for card in person.cards)
            whole.append(person)
    return People(whole, [BrokenRow(row, faults) for row, faults in sorted(broken.items())])


def _misfits(person: Person, home: str, entered: Entered) -> Iterator[Trouble]:
    """All that does not fit what is entered."""
    if person.number:
        yield from _misfits_of_the_number(person, entered)
    path = person.organisation or home
    if path and path not in entered.organisations:
        yield _row(RowTrouble.NO_ORGANISATION, organisation=_path_told(path))
    if person.joined and not path:
        yield _row(RowTrouble.ORGANISATION_MISSING)
    if person.joined and person.joined > entered.today:
        yield _row(RowTrouble.NOT_JOINED_YET, day=person.joined)
    if person.activity and person.activity not in entered.activities:
        yield _row(RowTrouble.NO_ACTIVITY, activity=told(person.activity))
    elif person.post and person.activity and (person.activity, person.post) not in entered.posts:
        yield _row(RowTrouble.NO_POST, activity=person.activity, post=told(person.post))


def _misfits_of_the_number(person: Person, entered: Entered) -> Iterator[Trouble]:
    number = person.number
    if entered.merged.is_gone(number):
        yield _row(RowTrouble.NUMBER_MERGED, volunteer=number, kept=entered.merged.kept(number))
    elif number in entered.erased:
        yield _row(RowTrouble.WAS_ERASED, volunteer=number)
    elif person.name and entered.names.get(number, person.name) != person.name:
        yield _row(RowTrouble.ANOTHER_NAME, volunteer=number)


def _taken(person: Person, held: dict[str, int], merged: MergedNumbers) -> Iterator[Trouble]:
    """What of this person stands for somebody else; it is named by its kind alone."""
    if not person.number:
        return
    for card in person.cards:
        for ref in (card.ref, card.before):
            if merged.kept(held.get(ref, person.number)) != person.number:
                kind = Trouble.term("card", card.method)
                yield _row(RowTrouble.CARD_TAKEN, card=kind, volunteer=held[ref], column=card.column)
                break


def _row(code: RowTrouble, **arguments: object) -> Trouble:
    return Trouble.term("row", code, **arguments)


def _memberships(
    people: Sequence[Person], home: str, entered: Entered, now_ms: int
) -> dict[tuple[int, int], int]:
    zone = ZoneInfo(rules_at(now_ms).settlement_tz)
    wanted: dict[tuple[int, int], int] = {}
    for person in people:
        if path := person.organisation or home:
            joined_ms = _midnight_ms(person.joined, zone) if person.joined else now_ms
            wanted.setdefault((person.number, entered.organisations[path]), joined_ms)
    return wanted


def _held_memberships(wanted: Collection[tuple[int, int]]) -> set[tuple[int, int]]:
    current = Membership.objects.filter(organisation__in={pk for _, pk in wanted}, left_ms=None)
    return set(current.values_list("volunteer__number", "organisation__pk"))


def _assignments(people: Sequence[Person], entered: Entered) -> dict[tuple[str, int], Assigned]:
    wanted = {(person.activity, person.number): person.post for person in people if person.activity}
    rows = Assignment.objects.filter(activity__in={activity for activity, _ in wanted})
    before = {
        (activity, number): post
        for activity, number, post in rows.values_list("activity__id", "volunteer__number", "post_id")
    }
    return {
        about: Assigned(entered.posts.get((about[0], post)), about not in before, before.get(about))
        for about, post in wanted.items()
    }


def _path_told(path: str) -> str:
    """A path has four digits for each level of the tree; other digits may be somebody's number."""
    return path if path.isdigit() and len(path) % 4 == 0 else told(path)


def _midnight_ms(day: dt.date, zone: ZoneInfo) -> int:
    return int(dt.datetime.combine(day, dt.time(), zone).timestamp()) * 1000
