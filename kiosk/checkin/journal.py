"""What the journal says of each answer: one line that staff find, and that tells nobody who it was. Pure."""

from kiosk.local_api.messages import Decided


def journal_line(decided: Decided) -> dict[str, str | int]:
    """The fields of the line; no name, no number of a person, nothing that was presented."""
    fields = {
        "device": decided.device,
        "method": decided.method,
        "outcome": decided.outcome,
        "reason": decided.reason,
        "seq": decided.seq,
    }
    return {name: str(value) if name != "seq" else decided.seq for name, value in fields.items() if value}
