"""How far an account reaches: from who acts to the rows that this person may see and decide on.

An account reaches what belongs to its organisation and to those below. What belongs to none (a site or an
activity that nobody assigned) is the highest level's alone; a volunteer's account reaches the own rows.
Every service that reads for people takes a reach, so that no page shows more by mistake.
"""

from collections.abc import Callable, Collection
from typing import Any

from django.db.models import IntegerField, Model, Q, QuerySet, Value

from foundation.errors import RulesError
from settlement.accounts.actor import Actor, Level
from settlement.accounts.audit import Signed
from settlement.accounts.authority import Deed, check_may
from settlement.database.one_statement import count_together
from settlement.merged_numbers import merged_numbers
from settlement.models import (
    Account,
    Activity,
    Assignment,
    Certificate,
    CertificateRequest,
    Dispute,
    Exchange,
    InspectionVisit,
    LedgerEntry,
    ManualRecord,
    Membership,
    Organisation,
    Rating,
    RatingLink,
    Site,
    StarReview,
    Terminal,
    Transfer,
    Volunteer,
    WaitingEntry,
)
from settlement.organisations.members import people_of, reached_among
from settlement.organisations.tree import is_within, subtree
from settlement.troubles import AccountTrouble

_NOTHING = Q(pk__in=())


class Reach:
    """The rows that an account reaches; `whole` is that of the centre's own processes and commands."""

    def __init__(self, node: str | None, volunteer: int | None = None) -> None:
        """`node` is the path at and below which everything is reached; None reaches `volunteer`'s rows.

        Those of each number that was merged into that one, too.
        """
        self.node = node
        self._own = [] if volunteer is None else [*merged_numbers().counted_for([volunteer])]

    @property
    def is_whole(self) -> bool:
        """Whether it is the whole tree, with what belongs to nobody."""
        return self.node == ""

    def organisations(self) -> QuerySet[Organisation]:
        """The own organisation and those below."""
        return Organisation.objects.filter(self._at("path"))

    def activities(self) -> QuerySet[Activity]:
        """What those organisations record."""
        if self.node is None:
            own = LedgerEntry.objects.filter(volunteer__in=self._own).values("activity")
            expected = Assignment.objects.filter(volunteer__in=self._own).values("activity")
            return Activity.objects.filter(Q(pk__in=own) | Q(pk__in=expected))
        return Activity.objects.filter(self._at("organisation__path"))

    def sites(self) -> QuerySet[Site]:
        """The sites that those organisations run, and those of their activities."""
        if self.node is None:
            return Site.objects.filter(pk__in=self.activities().values("site"))
        if self.is_whole:
            return Site.objects.all()
        of_activities = self.activities().values("site")
        return Site.objects.filter(self._at("organisation__path") | Q(pk__in=of_activities))

    def run_sites(self) -> QuerySet[Site]:
        """The sites that those organisations run, and not those that are only their activities' places."""
        return Site.objects.filter(self._at("organisation__path"))

    def runs(self, site: Site) -> bool:
        """Whether the site is one of those organisations', and not only one of their activities' places."""
        if self.is_whole or site.organisation is None:
            return self.is_whole
        return self.organisations().filter(pk=site.organisation.pk).exists()

    def activities_at(self, site: Site) -> QuerySet[Activity]:
        """What goes on at a site, to whoever runs it; to others what their own organisations record there."""
        here = Activity.objects.filter(site=site)
        return here if self.runs(site) else here.filter(pk__in=self.activities())

    def terminals(self) -> QuerySet[Terminal]:
        """The terminals that stand at those sites."""
        return (
            Terminal.objects.none() if self.node is None else Terminal.objects.filter(site__in=self.sites())
        )

    def volunteers(self, among: Collection[int] | None = None) -> QuerySet[Volunteer]:
        """Who belongs to those organisations, or is expected at or has served in their activities.

        Whoever does so under one number is reached under the one that was kept. `among` asks of few people
        alone, which costs the same however many there are.
        """
        if self.node is None:
            own = self._own if among is None else set(among).intersection(self._own)
            return Volunteer.objects.filter(pk__in=own)
        return people_of(self.node, among)

    def reached_in(self, numbers: Collection[int]) -> set[int]:
        """Those of some hundreds of people who are reached, asked of all together."""
        if not self.node or not numbers:
            return set(self.volunteers(numbers).values_list("pk", flat=True))
        asked = Volunteer.objects.filter(pk__in=numbers)
        return reached_among(self.node, asked.values("pk")).intersection(numbers)

    def count_by_person(self, *counted: "Callable[[Reach], QuerySet[Any]]") -> list[int]:
        """How many rows each of these reads that are reached where their volunteer is.

        Asked of all these people together: a district's thousands would each cost several looks.
        """
        if not self.node:
            return count_together(*(rows(self) for rows in counted))
        every = [rows(WHOLE).order_by() for rows in counted]
        listed = [
            rows.values_list(Value(place, IntegerField()), "volunteer_id") for place, rows in enumerate(every)
        ]
        numbers = [rows.values("volunteer") for rows in every]
        reached = reached_among(self.node, numbers[0].union(*numbers[1:]))
        counts = [0] * len(every)
        for place, volunteer in listed[0].union(*listed[1:], all=True):
            counts[place] += volunteer in reached
        return counts

    def entries(self) -> QuerySet[LedgerEntry]:
        """The ledger's entries about those activities."""
        return LedgerEntry.objects.filter(self._of_activity())

    def waiting(self) -> QuerySet[LedgerEntry]:
        """Those of the entries without a review, sought among what waits and not among all that ever were."""
        if self.node is None:
            return LedgerEntry.objects.filter(waiting__volunteer__in=self._own)
        return LedgerEntry.objects.filter(
            self._at("waiting__activity__organisation__path"), waiting__isnull=False
        )

    def what_waits(self) -> QuerySet[WaitingEntry]:
        """The same as it is counted and sought, without the entries themselves."""
        if self.node is None:
            return WaitingEntry.objects.filter(volunteer__in=self._own)
        return WaitingEntry.objects.filter(self._at("activity__organisation__path"))

    def manual_records(self) -> QuerySet[ManualRecord]:
        """Times that were entered by hand in those activities."""
        return ManualRecord.objects.filter(self._of_activity())

    def disputes(self) -> QuerySet[Dispute]:
        """Objections to time in those activities."""
        return Dispute.objects.filter(self._of_activity())

    def ratings(self) -> QuerySet[Rating]:
        """Ratings of service in those activities."""
        return Rating.objects.filter(self._of_activity())

    def rating_links(self) -> QuerySet[RatingLink]:
        """What people were asked to say of service in those activities."""
        return RatingLink.objects.filter(self._of_activity())

    def exchanges(self) -> QuerySet[Exchange]:
        """Applications of the volunteers for gifts."""
        return Exchange.objects.filter(self._of_volunteer())

    def star_reviews(self) -> QuerySet[StarReview]:
        """Reviews of the volunteers' stars."""
        return StarReview.objects.filter(self._of_volunteer())

    def certificates(self) -> QuerySet[Certificate]:
        """Certificates that those organisations issued."""
        if self.node is None:
            return Certificate.objects.filter(volunteer__in=self._own)
        return Certificate.objects.filter(self._at("organisation__path"))

    def certificate_requests(self) -> QuerySet[CertificateRequest]:
        """Certificates that those organisations are asked for."""
        if self.node is None:
            return CertificateRequest.objects.filter(volunteer__in=self._own)
        return CertificateRequest.objects.filter(self._at("organisation__path"))

    def transfers(self) -> QuerySet[Transfer]:
        """Moves out of those organisations and into them."""
        if self.node is None:
            return Transfer.objects.filter(volunteer__in=self._own)
        return Transfer.objects.filter(self._at("origin__path") | self._at("destination__path"))

    def visits(self) -> QuerySet[InspectionVisit]:
        """Inspectors' visits to those sites."""
        if self.node is None:
            return InspectionVisit.objects.none()
        return InspectionVisit.objects.filter(site__in=self.sites())

    def accounts(self) -> QuerySet[Account]:
        """The accounts of those organisations."""
        if self.node is None:
            return Account.objects.filter(volunteer__in=self._own)
        return Account.objects.filter(self._at("organisation__path"))

    def branch(self, path: str) -> str:
        """The branch that was asked for, the own one where none was; raises RulesError OUT_OF_REACH."""
        wanted = path or self.node or ""
        if self.node is None or not is_within(wanted, self.node):
            raise RulesError(AccountTrouble.OUT_OF_REACH, name=path or "–")
        return wanted

    def _at(self, field: str) -> Q:
        """The condition that an organisation's path is reached."""
        if self.node is None:
            return _NOTHING
        return subtree(self.node, field) if self.node else Q()

    def _of_activity(self) -> Q:
        if self.node is None:
            return Q(volunteer__in=self._own)
        return self._at("activity__organisation__path")

    def _of_volunteer(self) -> Q:
        if self.node is None:
            return Q(volunteer__in=self._own)
        return Q() if self.is_whole else Q(volunteer__in=self.volunteers())


WHOLE = Reach("")
"""Of the centre's own processes."""


def reach_of(actor: Actor) -> Reach:
    """How far somebody's account reaches."""
    if actor.level is Level.VOLUNTEER and not actor.roles:
        return Reach(None, actor.volunteer)
    return Reach(actor.node)


def check_reaches(actor: Actor, *things: Model) -> None:
    """Raise RulesError OUT_OF_REACH unless the actor's account reaches all of these rows."""
    reach = reach_of(actor)
    if reach.is_whole:
        return
    for thing in things:
        if not _rows_of(reach, thing).filter(pk=thing.pk).exists():
            raise RulesError(AccountTrouble.OUT_OF_REACH, name=str(thing))


def check_entitled(actor: Actor, deed: Deed, *things: Model, owner: int | None = None) -> None:
    """Raise RulesError unless the actor may do the deed (NOT_ALLOWED) to all of these (OUT_OF_REACH).

    The volunteer whose own matter it is, `owner`, may do it always.
    """
    if owner is not None and actor.is_volunteer(owner):
        return
    check_may(actor, deed)
    check_reaches(actor, *things)


def check_signed(signed: Signed, deed: Deed, *things: Model | None, owner: int | None = None) -> None:
    """As `check_entitled`, where the centre itself may do it too."""
    if signed.by is not None:
        known = (thing for thing in things if thing is not None)
        check_entitled(signed.by, deed, *known, owner=owner)


def check_whole(signed: Signed, deed: Deed) -> None:
    """Raise RulesError unless the deed is allowed and the account is of the whole tree."""
    if signed.by is not None:
        check_may(signed.by, deed)
        if not reach_of(signed.by).is_whole:
            raise RulesError(AccountTrouble.OUT_OF_REACH, name=signed.by.name)


def check_runs(by: Actor | None, deed: Deed, site: Site) -> None:
    """Raise RulesError unless the deed is allowed and the site is run by an organisation that is reached.

    An activity there is not enough to change the site, its staff or its terminals. The centre itself, without
    an actor, may do it always.
    """
    if by is not None:
        check_may(by, deed)
        if not reach_of(by).runs(site):
            raise RulesError(AccountTrouble.OUT_OF_REACH, name=site.name)


def check_takes_in(signed: Signed, volunteer: Volunteer) -> None:
    """Raise RulesError OUT_OF_REACH for somebody who belongs to an organisation, but to none that is reached.

    Whoever is entered somewhere is read and corrected from there: that takes who reaches both places, or a
    transfer, to which both agree.
    """
    if Membership.objects.filter(volunteer=volunteer, left_ms=None).exists() and signed.by is not None:
        check_reaches(signed.by, volunteer)


def check_reaches_all(reached: QuerySet[LedgerEntry], wanted: Collection[int]) -> None:
    """Raise RulesError OUT_OF_REACH unless all of these entries are among those that are reached."""
    if reached.filter(pk__in=wanted).count() < len(set(wanted)):
        raise RulesError(AccountTrouble.OUT_OF_REACH, name=", ".join(map(str, sorted(wanted)[:5])))


def _rows_of(reach: Reach, thing: Model) -> "QuerySet[Model]":
    rows = {
        Organisation: reach.organisations,
        Activity: reach.activities,
        Site: reach.sites,
        Terminal: reach.terminals,
        Volunteer: reach.volunteers,
        Account: reach.accounts,
        Certificate: reach.certificates,
    }[type(thing)]
    return rows()
