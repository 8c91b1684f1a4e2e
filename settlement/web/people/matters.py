"""What a volunteer's file tells besides the hours: objections, gifts, moves, withdrawn badges, merges."""

from msgspec import Struct

from foundation.words import Words
from settlement.explain.sentences import Teller
from settlement.rule_book import rules_now
from settlement.volunteers.file import PersonalFile


class Matter(Struct, frozen=True):
    """One thing that was asked or done: its day where there is one, what it is, and how it stands."""

    day: str
    what: str
    state: str
    why: str = ""


def told_matters(held: PersonalFile, words: Words) -> dict[str, list[Matter]]:
    """What the page prints, the oldest of each first."""
    teller = Teller(words, rules_now().settlement_tz)

    def day(at_ms: int) -> str:
        return teller.moment(at_ms // 1000).date().isoformat()

    matters = [
        Matter(
            "",
            words.say("file-objection", number=str(one.number), due=one.due.isoformat()),
            words.code("file_objection", one.state),
        )
        for one in held.disputes
    ]
    matters += [
        Matter(one.day, words.say("file-gift", gift=one.tier), words.code("exchange", one.state))
        for one in held.gifts
    ]
    matters += [
        Matter(
            day(one.asked_ms),
            words.say("inbox-certificate", organisation=one.issuer),
            words.code("kept_value", one.state),
            one.note,
        )
        for one in held.requests
    ]
    matters += [
        Matter(
            day(one.requested_ms),
            words.say("file-move", origin=one.came_from, destination=one.goes_to),
            words.code("kept_value", one.state),
        )
        for one in held.transfers
    ]
    matters += [
        Matter(day(one.at_ms), one.ref or held.name, words.code("kept_value", one.change), one.reason)
        for one in held.withdrawals
    ]
    matters += [
        Matter(
            day(one.at_ms),
            words.say("file-numbers", kept=str(one.kept), gone=str(one.gone)),
            words.say("file-merged"),
            one.reason,
        )
        for one in held.merges
    ]
    return {"matters": matters}
