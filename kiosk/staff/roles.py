"""What somebody of the staff may ask for at a terminal, by their role in the roster. Pure.

Staff and supervisors do what staff do; inspectors and supervisors call the roll. Whoever is both has two
references.
"""

from kiosk.local_api.codes import DenialCode
from kiosk.local_api.requests import DrawRoll, Login, Logout, Request, SignRoll
from sync.contract.roster import StaffRole

_INSPECTORS = (DrawRoll, SignRoll)
_WHOEVER = (Login, Logout)


def denied_to(role: StaffRole, request: Request) -> DenialCode | None:
    """Why this role may not ask for it, if it may not."""
    if isinstance(request, _WHOEVER):
        return None
    if isinstance(request, _INSPECTORS):
        return DenialCode.ONLY_INSPECTORS if role is StaffRole.STAFF else None
    return DenialCode.NOT_FOR_INSPECTORS if role is StaffRole.INSPECTOR else None
