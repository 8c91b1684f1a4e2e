"""How whole the evidence is, in one sentence for a site and one for each of its activities."""

import datetime as dt
from collections.abc import Collection, Iterable, Iterator

from settlement.explain.sentences import Teller
from settlement.local_times import offset_where_twice
from settlement.review.completeness import TerminalEvidence
from settlement.review.site_completeness import ActivityCompleteness, SiteCompleteness
from settlement.rules.readiness import NotReady


def tell_completeness(found: SiteCompleteness, now_ms: int, teller: Teller) -> list[str]:
    """The sentence of the site, then those of its activities; times of `now_ms`'s day go without a date."""
    said = _Sayer(teller, teller.moment(now_ms // 1000).date())
    return [said.site(found), *(said.activity(one) for one in found.activities)]


class _Sayer:
    def __init__(self, teller: Teller, today: dt.date) -> None:
        self._teller, self._today = teller, today

    def site(self, found: SiteCompleteness) -> str:
        if not found.terminals:
            return self._titled(found.name, [self._say("completeness-no-terminal")])
        return self._titled(found.name, self._state(found.complete_until_ms, found.terminals, found.silent))

    def activity(self, found: ActivityCompleteness) -> str:
        late = {name for name, reason in found.unready.items() if reason is NotReady.AWAITING_SYNC}
        told = list(self._state(found.complete_until_ms, found.terminals, late))
        if found.waiting:
            told.append(self._teller.words.say("completeness-waiting", count=found.waiting))
        if found.is_ready:
            told.append(self._say("completeness-ready"))
        else:
            told.append(self._say("completeness-not-ready", due=found.due.isoformat()))
        return self._titled(found.title, told)

    def _state(
        self, until_ms: int | None, terminals: Iterable[TerminalEvidence], silent: Collection[str]
    ) -> Iterator[str]:
        if until_ms is None:
            yield self._say("completeness-unknown")
        else:
            yield self._say("completeness-until", at=self._at(until_ms))
        for row in terminals:
            for gap in row.missing:
                if gap.purged:
                    numbers = str(gap.first) if gap.first == gap.last else f"{gap.first}–{gap.last}"
                    yield self._say("completeness-purged", terminal=row.terminal, numbers=numbers)
                elif gap.first == gap.last:
                    yield self._say("completeness-one", terminal=row.terminal, number=str(gap.first))
                else:
                    numbers = f"{gap.first}–{gap.last}"
                    yield self._say("completeness-gap", terminal=row.terminal, numbers=numbers)
            for number in row.open_alarms:
                yield self._say("completeness-doubted", terminal=row.terminal, number=str(number))
            if row.terminal in silent and row.heard_ms is None:
                yield self._say("completeness-never", terminal=row.terminal)
            elif row.terminal in silent and row.heard_ms is not None:
                yield self._say("completeness-silent", terminal=row.terminal, at=self._at(row.heard_ms))

    def _titled(self, title: str, told: Iterable[str]) -> str:
        between = self._say("completeness-between")
        return self._say("completeness-of", title=title, told=between.join(told))

    def _at(self, utc_ms: int) -> str:
        moment = self._teller.moment(utc_ms // 1000)
        day = "" if moment.date() == self._today else f"{moment:%Y-%m-%d} "
        return f"{day}{moment:%H:%M}{offset_where_twice(moment)}"

    def _say(self, message: str, **arguments: str) -> str:
        return self._teller.words.say(message, **arguments)
