"""What is said of a receipt, a sentence each. Pure."""

from foundation.words import Words
from settlement.explain.sentences import Teller
from settlement.recognition.receipt_check import ReceiptCheck, ReceiptStanding
from settlement.rules.hours import display_hours


def tell_receipt(found: ReceiptCheck, words: Words) -> list[str]:
    """Whose check-out it proves, where and when, and what that became."""
    when = Teller(words, found.zone).when(found.wall_ms)
    name = found.name or words.say("receipt_check-nobody")
    first = words.code("receipt_check", found.standing, name=name, site=found.site, when=when)
    if found.standing is not ReceiptStanding.GENUINE:
        return [first]
    if found.stay is None:
        outcome = words.code("outcome", found.outcome) if found.outcome else words.say("receipt_check-waits")
        return [first, outcome]
    stay = found.stay
    state = words.code("line", stay.state) if stay.state else words.say("receipt_check-not_booked")
    day, hours = stay.local_date.isoformat(), display_hours(stay.t_s)
    return [
        first,
        words.say("receipt_check-stay", activity=stay.activity, day=day, hours=hours, state=state),
    ]
