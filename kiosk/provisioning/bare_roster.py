"""The stand-in roster of a terminal that the centre has given none yet: a genuine badge is recorded.

Who they are and whether they were expected, the centre decides. Cards and codes are looked up in a roster, so
without one they are refused, in words.
"""

from kiosk.roster.index import NO_VERSION
from kiosk.settings import KioskSettings
from sync.contract.roster import UNRESOLVED_ACTIVITY, Phase, PhaseChange, Roster, RosterActivity


def bare_roster(settings: KioskSettings) -> Roster:
    """A roster of nobody, at which the activity of the settings, or one yet to be named, always executes."""
    always = [PhaseChange(Phase.EXECUTING, 0)]
    return Roster(
        version=NO_VERSION,
        terminal=settings.terminal,
        realm=settings.realm,
        site=settings.terminal,
        zone=settings.zone,
        language=settings.language,
        issuers=list(settings.badge_issuers),
        activities=[RosterActivity(settings.activity or UNRESOLVED_ACTIVITY, settings.activity, always)],
        people=[],
        credentials=[],
    )
