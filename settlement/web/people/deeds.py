"""What is done with one volunteer's file: which service does it, and what would be before and after."""

from collections.abc import Callable, Mapping
from typing import Final

from django.db.models import QuerySet, Sum
from msgspec import Struct

from foundation.errors import RulesError
from foundation.languages import known
from foundation.words import Words
from settlement.accounts.actor import Actor
from settlement.accounts.audit import Signed
from settlement.accounts.authority import Deed
from settlement.ledger.entries import approved
from settlement.look_up import row_number
from settlement.master_data.access import SignedBy, resume, suspend
from settlement.master_data.organisations import leave_organisation
from settlement.master_data.people import enter_volunteer, name_entered
from settlement.models import Certificate, Membership, MergedNumber, Organisation, Volunteer
from settlement.reach import Reach
from settlement.recognition.certificates import issue_certificate, reissue_certificate
from settlement.rules.hours import certificate_hours, display_hours
from settlement.settling.merging import (
    Previewed,
    merge_numbers,
    preview_merge,
    preview_taking_back,
    take_merge_back,
)
from settlement.signatures import reason_given
from settlement.troubles import DecisionTrouble


class Asked(Struct, frozen=True):
    """Whom it is done to, what the form says, and who asks, when (UTC milliseconds)."""

    person: Volunteer
    form: Mapping[str, str]
    by: Actor
    reach: Reach
    now_ms: int
    words: Words

    @property
    def reason(self) -> str:
        """Why; it stands on record. Raises RulesError NO_REASON."""
        return reason_given(self.form.get("reason", ""))


class Change(Struct, frozen=True):
    """One thing that would be another, in the reader's words."""

    what: str
    before: str
    after: str


class FileDeed(Struct, frozen=True):
    """`fields` are what its form asks for besides the reason; `preview` writes nothing."""

    code: str
    needs: Deed
    fields: tuple[str, ...]
    preview: Callable[[Asked], list[Change]]
    do: Callable[[Asked], object]
    has_reason: bool = True


def _rename_preview(asked: Asked) -> list[Change]:
    name, language = name_entered(asked.form.get("name", "")), _language(asked)
    rows = [
        ("file-name", asked.person.display_name, name),
        ("file-language", asked.person.language, language),
    ]
    return [
        Change(asked.words.say(what), before or "–", after or "–")
        for what, before, after in rows
        if before != after
    ]


def _rename(asked: Asked) -> object:
    signed = Signed(asked.by, asked.now_ms, asked.reason)
    return enter_volunteer(asked.person.number, asked.form.get("name", ""), signed, _language(asked))


def _language(asked: Asked) -> str:
    return known(asked.form.get("language", "")) or asked.person.language


def _leave_preview(asked: Asked) -> list[Change]:
    belongs, belonged = asked.words.say("file-belongs"), asked.words.say("file-belonged")
    return [Change(_home(asked).name, belongs, belonged)]


def _leave(asked: Asked) -> object:
    leave_organisation(asked.person, _home(asked), Signed(asked.by, asked.now_ms, asked.reason))
    return None


def _home(asked: Asked) -> Organisation:
    """The organisation that is left; raises RulesError UNKNOWN_ORGANISATION for one that is not reached."""
    path = asked.form.get("organisation", "").replace("\0", "")
    held = Membership.objects.filter(volunteer=asked.person, left_ms=None).values("organisation")
    found = asked.reach.organisations().filter(path=path, pk__in=held).first()
    if found is None:
        raise RulesError(DecisionTrouble.UNKNOWN_ORGANISATION, organisation=path[:40])
    return found


def _access_preview(asked: Asked) -> list[Change]:
    admitted, suspended = asked.words.say("file-admitted"), asked.words.say("file-suspended")
    states = (suspended, admitted) if asked.person.suspended else (admitted, suspended)
    return [Change(asked.words.say("file-access"), *states)]


def _suspend(asked: Asked) -> object:
    suspend(asked.person.number, SignedBy(asked.by, asked.reason, asked.now_ms))
    return None


def _resume(asked: Asked) -> object:
    resume(asked.person.number, SignedBy(asked.by, asked.reason, asked.now_ms))
    return None


def _merge_preview(asked: Asked) -> list[Change]:
    return _hours(preview_merge(asked.person.number, _other(asked), asked.by, asked.now_ms))


def _merge(asked: Asked) -> object:
    return merge_numbers(asked.person.number, _other(asked), asked.by, asked.reason, asked.now_ms)


def _other(asked: Asked) -> int:
    """The other number; what is not there and what is not reached are told alike."""
    number = row_number(asked.form.get("other", "").strip())
    if not asked.reach.volunteers().filter(pk=number).exists():
        raise RulesError(DecisionTrouble.UNKNOWN_VOLUNTEER, volunteer=number or "–")
    return number


def _unmerge_preview(asked: Asked) -> list[Change]:
    return _hours(preview_taking_back(_gone(asked), asked.by, asked.now_ms))


def _unmerge(asked: Asked) -> object:
    return take_merge_back(_gone(asked), asked.by, asked.reason, asked.now_ms)


def _gone(asked: Asked) -> int:
    """The number that goes under this one; raises RulesError NOT_MERGED."""
    number = row_number(asked.form.get("gone", ""))
    if not MergedNumber.objects.filter(kept=asked.person, gone=number, taken_back=None).exists():
        raise RulesError(DecisionTrouble.NOT_MERGED, volunteer=number or "–")
    return number


def issuers_of(person: Volunteer, reach: Reach) -> QuerySet[Organisation]:
    """The organisations in reach that issue certificates and recorded approved time of the person."""
    recorded = approved().filter(volunteer=person).values("activity__organisation")
    return reach.organisations().filter(pk__in=recorded).exclude(issuer="").order_by("path")


def _certify_preview(asked: Asked) -> list[Change]:
    issuer = _issuer(asked)
    time = approved().filter(volunteer=asked.person, activity__organisation=issuer)
    seconds: int = time.aggregate(total=Sum("delta_s", default=0))["total"]
    standing = _standing(asked, issuer)
    before = f"{standing.number} · {certificate_hours(standing.t_s)}" if standing else "–"
    return [Change(issuer.name, before, certificate_hours(max(0, seconds)))]


def _certify(asked: Asked) -> object:
    """One that stands for the same organisation is superseded: two would be valid at once."""
    issuer = _issuer(asked)
    standing = _standing(asked, issuer)
    if standing is not None:
        return reissue_certificate(standing.number, by=asked.by, now_ms=asked.now_ms)
    return issue_certificate(issuer, asked.person, by=asked.by, now_ms=asked.now_ms)


def _standing(asked: Asked, issuer: Organisation) -> Certificate | None:
    """The last certificate of all that this organisation recorded, unless a newer one took its place."""
    whole: dict[str, object] = {"activities": [], "first_day": None, "last_day": None}
    rows = asked.person.certificates.filter(organisation=issuer, superseded_by=None, **whole)
    return rows.order_by("issued_ms", "number").last()


def _issuer(asked: Asked) -> Organisation:
    path = asked.form.get("issuer", "").replace("\0", "")
    found = issuers_of(asked.person, asked.reach).filter(path=path).first()
    if found is None:
        raise RulesError(DecisionTrouble.UNKNOWN_ORGANISATION, organisation=path[:40])
    return found


def _hours(found: Previewed) -> list[Change]:
    return [
        Change(
            f"{number} · {line.activity} · {line.local_date.isoformat()}",
            *(display_hours(seconds or 0) for seconds in (line.before_s, line.after_s)),
        )
        for number, lines in found.items()
        for line in lines
    ]


DEEDS: Final = {
    deed.code: deed
    for deed in (
        FileDeed("rename", Deed.ENTER_PEOPLE, ("name", "language"), _rename_preview, _rename),
        FileDeed("leave", Deed.ENTER_PEOPLE, ("organisation",), _leave_preview, _leave),
        FileDeed("suspend", Deed.CHANGE_ACCESS, (), _access_preview, _suspend),
        FileDeed("resume", Deed.CHANGE_ACCESS, (), _access_preview, _resume),
        FileDeed("merge", Deed.MERGE_PEOPLE, ("other",), _merge_preview, _merge),
        FileDeed("unmerge", Deed.MERGE_PEOPLE, ("gone",), _unmerge_preview, _unmerge),
        FileDeed("certify", Deed.CERTIFY, ("issuer",), _certify_preview, _certify, has_reason=False),
    )
}
