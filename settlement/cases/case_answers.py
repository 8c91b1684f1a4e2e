"""What the rules answer to a worked case, in the words of the case format; one function for each kind."""

from collections.abc import Callable, Mapping
from typing import TypeVar

import msgspec

from foundation.errors import RulesError
from settlement.cases.case_file import (
    ActivitiesStep,
    Answer,
    ApproveStep,
    Case,
    CaseFile,
    CertificateCase,
    CertificateCheckCase,
    CertificateContentCase,
    DeadlineCase,
    EconomicCase,
    EventsStep,
    LedgerCase,
    PointsCase,
    ReadyCase,
    RejectStep,
    ReopenStep,
    RevokeStep,
    SecondsCase,
    Setting,
    TransferCase,
    ValueCase,
    milliseconds,
    seconds,
)
from settlement.cases.settle_case import SettleCase, activities_of, answer_settle
from settlement.cases.time_cases import ClosesCase, DatingCase, answer_closes, answer_dating
from settlement.rules.certificate import (
    Certificate,
    certificate_number,
    is_stale,
    is_valid_number,
    missing_fields,
)
from settlement.rules.evidence import Activity, Credential, Event
from settlement.rules.hours import assess_value, certificate_hours, display_hours, economic_value_cents
from settlement.rules.ledger import (
    AdjustmentReason,
    Entry,
    EntryState,
    apply_revision,
    approved_totals,
    line_state,
    revise,
)
from settlement.rules.points import ApprovedTime, Exchange, ExchangeState, keep_points
from settlement.rules.readiness import progress_of, review_due, unready_terminals
from settlement.rules.rejection import Refused, refused_in
from settlement.rules.review import (
    Decision,
    ReviewedInBulk,
    ReviewRefusal,
    approve_clean,
    reopen_each,
    review_each,
)
from settlement.rules.rule_set import RuleSet, load_rule_set
from settlement.rules.settle import LineKey, settle_volunteers
from settlement.rules.stars import stars
from settlement.rules.transfer import RecordedTime, missing_documents, personal_record

SomeCase = TypeVar("SomeCase", bound=Case)


def answer_case(file: CaseFile, case: Case, raw: msgspec.Raw) -> Answer:
    """What the rules say to the case. A request that they refuse is answered with its code as `error`.

    So is a rule set that can't be used, where the case expects an error. Raises msgspec.ValidationError for a
    case that can't be understood, its rule set included.
    """
    kind = _KINDS.get(case.kind)
    if kind is None:
        raise msgspec.ValidationError(f"Expected one of {', '.join(_KINDS)} - at `$.kind`")
    try:
        rules = load_rule_set(file.rules_of(case))
    except RulesError as error:
        if "error" in case.expect:
            return {"error": error.code}
        raise msgspec.ValidationError(f"{error.what} - at `$.rules`") from error
    try:
        return kind(raw, (rules, file.credentials_of(case)))
    except RulesError as error:
        return {"error": error.code}


def _of_kind(
    form: type[SomeCase], answer: Callable[[SomeCase, Setting], Answer]
) -> Callable[[msgspec.Raw, Setting], Answer]:
    """Read the case in its kind's form, then answer it."""
    decoder = msgspec.json.Decoder(form)
    return lambda raw, setting: answer(decoder.decode(raw), setting)


class _Centre(msgspec.Struct):
    """What the centre has in a ledger case, step by step."""

    rules: RuleSet
    credentials: dict[str, Credential]
    activities: dict[str, Activity]
    settle_at_s: int = 0
    events: list[Event] = []
    entries: tuple[Entry, ...] = ()
    refused: list[ReviewRefusal] = []

    def compute(self, reason: AdjustmentReason) -> None:
        settlement = settle_volunteers(
            self.events, self.activities, self.credentials, self.rules, self.settle_at_s
        )
        revision = revise(self.entries, settlement.lines, reason, settlement.emptied)
        self.entries = apply_revision(self.entries, revision)

    def decide(self, key: str | None, reviewed: Callable[[list[Entry]], ReviewedInBulk]) -> None:
        chosen = [entry for entry in self.entries if key in (None, _key_text(entry.key))]
        after = reviewed(chosen)
        decided = dict(zip(chosen, after.entries, strict=True))
        self.entries = tuple(decided.get(entry, entry) for entry in self.entries)
        self.refused += [refusal for _, refusal in after.refused]


def _ledger(case: LedgerCase, setting: Setting) -> Answer:
    rules, credentials = setting
    centre = _Centre(rules, credentials, activities_of(case.activities))
    for step in case.steps:
        _take_step(centre, step)
    history: dict[LineKey, list[Entry]] = {}
    for entry in centre.entries:
        history.setdefault(entry.key, []).append(entry)
    against = refused_in(centre.entries)
    return {
        "entries": [
            {
                "key": _key_text(entry.key),
                "kind": entry.kind,
                "rev": entry.rev,
                "delta_s": entry.delta_s,
                "state": entry.state,
                "reason": entry.reason,
                "flags": list(entry.flags),
                "refused_s": _refused_s(entry, against),
            }
            for entry in centre.entries
        ],
        "approved_total_t_s": sum(approved_totals(centre.entries).values()),
        "states": {_key_text(key): line_state(entries) for key, entries in history.items()},
        "errors": centre.refused,
    }


def _refused_s(entry: Entry, against: Mapping[LineKey, Refused]) -> int | None:
    """Of an entry that waits, the seconds that somebody refused; None where nothing of its line was."""
    found = against.get(entry.key) if entry.state is EntryState.PENDING else None
    return None if found is None else found.again_s


def _key_text(key: LineKey) -> str:
    return f"{key.volunteer}|{key.activity}|{key.local_date.isoformat()}"


def _take_step(
    centre: _Centre,
    step: EventsStep | ApproveStep | RejectStep | ReopenStep | RevokeStep | ActivitiesStep,
) -> None:
    match step:
        case EventsStep():
            centre.events += [given.event() for given in step.events]
            if step.settle_at is not None:
                centre.settle_at_s = seconds(step.settle_at)
            centre.compute(AdjustmentReason.LATE_EVENT)
        case ApproveStep(bulk=True):
            blocking = centre.rules.blocking_flags
            centre.decide(step.key, lambda entries: approve_clean(entries, step.by, blocking))
        case ApproveStep():
            centre.decide(
                step.key, lambda entries: review_each(entries, Decision.APPROVE, step.by, step.note)
            )
        case RejectStep():
            centre.decide(step.key, lambda entries: review_each(entries, Decision.REJECT, step.by))
        case ReopenStep():
            centre.decide(step.key, lambda entries: reopen_each(entries, step.by))
            centre.compute(AdjustmentReason.LATE_EVENT)
        case RevokeStep():
            known = centre.credentials.get(step.cred)
            if known is None:
                raise msgspec.ValidationError(
                    f"Expected a known credential, not {step.cred!r} - at `$.steps`"
                )
            centre.credentials[step.cred] = Credential(known.volunteer, milliseconds(step.at))
            centre.compute(AdjustmentReason.MASTER_DATA)
        case ActivitiesStep():
            centre.activities |= activities_of(step.activities)
            centre.compute(AdjustmentReason.MASTER_DATA)


def _points(case: PointsCase, setting: Setting) -> Answer:
    lines, exchanges = case.input.lines, case.input.exchanges
    account = keep_points(
        [
            ApprovedTime(f"{line.vol}|{line.act}", line.on, line.t_s)
            for line in lines
            if line.state in ("approved", "adjusted")
        ],
        [Exchange(given.id, given.tier, given.on, _exchange_state(given.review)) for given in exchanges],
        setting[0],
    )
    return {
        "earned": {str(year): points for year, points in account.earned.items()},
        "balance": {str(year): points for year, points in account.balance.items()},
        "results": account.results,
    }


def _exchange_state(review: str | None) -> ExchangeState:
    if review in (None, "pending"):
        return ExchangeState.APPLIED
    return msgspec.convert(review, ExchangeState)


def _stars(case: SecondsCase, setting: Setting) -> Answer:
    thresholds = case.input.thresholds_h or setting[0].star_thresholds_h
    return {"stars": [stars(t_s, thresholds) for t_s in case.input.t_s]}


def _display(case: SecondsCase, _: Setting) -> Answer:
    return {
        "hours": [display_hours(t_s) for t_s in case.input.t_s],
        "certificate_hours": [certificate_hours(t_s) for t_s in case.input.t_s],
    }


def _display_sum(case: SecondsCase, _: Setting) -> Answer:
    each = [display_hours(t_s) for t_s in case.input.t_s]
    total = sum(case.input.t_s)
    return {
        "each": each[0] if len(set(each)) == 1 else each,
        "total_t_s": total,
        "total": display_hours(total),
    }


def _value(case: ValueCase, setting: Setting) -> Answer:
    given, rules = case.input, setting[0]
    value = assess_value(
        given.t_s,
        rules.default_duty_pm if given.duty_pm is None else given.duty_pm,
        rules.default_effect_pm if given.effect_pm is None else given.effect_pm,
    )
    return {"t_s": given.t_s, "v_s": value, "hours": display_hours(value)}


def _economic(case: EconomicCase, _: Setting) -> Answer:
    return {
        "cents": economic_value_cents(case.input.t_s, case.input.rate_cents),
        "currency": case.input.currency,
    }


def _ready(case: ReadyCase, _: Setting) -> Answer:
    unready = unready_terminals(
        {
            name: progress_of(
                terminal.received_seq,
                None if terminal.heartbeat is None else milliseconds(terminal.heartbeat),
            )
            for name, terminal in case.input.terminals.items()
        },
        milliseconds(case.input.closes_at),
    )
    return {"ready": not unready, "reason": unready}


def _deadline(case: DeadlineCase, setting: Setting) -> Answer:
    given, rules = case.input, setting[0]
    days = rules.review_due_days if given.days is None else given.days
    due = review_due(given.ended_on, days, given.holidays, given.workdays, rules.weekend)
    return {"due": due.isoformat()}


def _transfer(case: TransferCase, _: Setting) -> Answer:
    missing = missing_documents(case.input.documents)
    record = personal_record(RecordedTime(line.org, line.t_s) for line in case.input.approved)
    return {
        "result": "TRANSFER_INCOMPLETE" if missing else "ok",
        "missing": list(missing),
        "total_t_s": record.total_s,
        "by_org": record.by_recorder,
    }


def _certificate(case: CertificateCase, _: Setting) -> Answer:
    taken: dict[tuple[str, int], int] = {}
    numbers: list[str] = []
    for issuer, year in case.input.issues:
        taken[issuer, year] = taken.get((issuer, year), 0) + 1
        numbers.append(certificate_number(issuer, year, taken[issuer, year]))
    return {"numbers": numbers}


def _certificate_check(case: CertificateCheckCase, _: Setting) -> Answer:
    return {"valid": [is_valid_number(number) for number in case.input.numbers]}


def _certificate_content(case: CertificateContentCase, _: Setting) -> Answer:
    given = case.input
    certificate = Certificate(number="", t_s=given.t_s_at_issue)
    missing = missing_fields(given.fields)
    return {
        "certificate_hours": certificate.hours,
        "complete": not missing,
        "missing": list(missing),
        "stale_after_adjustment": is_stale(certificate, given.t_s_at_issue + given.later_adjustment_s),
    }


_KINDS: dict[str, Callable[[msgspec.Raw, Setting], Answer]] = {
    "settle": _of_kind(SettleCase, answer_settle),
    "ledger": _of_kind(LedgerCase, _ledger),
    "dating": _of_kind(DatingCase, answer_dating),
    "closes": _of_kind(ClosesCase, answer_closes),
    "points": _of_kind(PointsCase, _points),
    "stars": _of_kind(SecondsCase, _stars),
    "value": _of_kind(ValueCase, _value),
    "display": _of_kind(SecondsCase, _display),
    "display_sum": _of_kind(SecondsCase, _display_sum),
    "economic": _of_kind(EconomicCase, _economic),
    "ready": _of_kind(ReadyCase, _ready),
    "deadline": _of_kind(DeadlineCase, _deadline),
    "transfer": _of_kind(TransferCase, _transfer),
    "certificate": _of_kind(CertificateCase, _certificate),
    "certificate_check": _of_kind(CertificateCheckCase, _certificate_check),
    "certificate_content": _of_kind(CertificateContentCase, _certificate_content),
}
