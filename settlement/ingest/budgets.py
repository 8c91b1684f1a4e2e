"""How much work each sender may order: an allowance that fills as time passes. Pure; monotonic seconds."""

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Generic, TypeVar

Who = TypeVar("Who", bound=Hashable)


_SWEPT_EVERY_S = 60.0


@dataclass(frozen=True, slots=True)
class Budget:
    """So many at once, and one more each `every_s` seconds."""

    at_once: int
    every_s: float


@dataclass(slots=True)
class _Allowance:
    budget: Budget
    left: float
    counted_s: float

    def at(self, now_s: float) -> float:
        earned = (now_s - self.counted_s) / self.budget.every_s
        return min(float(self.budget.at_once), self.left + earned)


class Allowances(Generic[Who]):
    """What each has left; everybody begins with all of it."""

    def __init__(self) -> None:
        self._of: dict[Who, _Allowance] = {}
        self._swept_s = 0.0

    def left(self, who: Who, budget: Budget, now_s: float) -> float:
        """How many more they may have now; a fraction of the next one counts."""
        allowance = self._of.get(who)
        return allowance.at(now_s) if allowance else float(budget.at_once)

    def spend(self, who: Who, budget: Budget, now_s: float) -> bool:
        """Take one, where one is left."""
        left = self.left(who, budget, now_s)
        if left < 1:
            return False
        self._of[who] = _Allowance(budget, left - 1, now_s)
        self._forget_the_calm(now_s)
        return True

    def pause_s(self, who: Who, budget: Budget, now_s: float) -> float:
        """How long until they may have one."""
        return max(0.0, (1 - self.left(who, budget, now_s)) * budget.every_s)

    def _forget_the_calm(self, now_s: float) -> None:
        """Whoever has all of it again is as good as unknown: names that somebody invents take no memory."""
        if now_s - self._swept_s < _SWEPT_EVERY_S:
            return
        self._swept_s = now_s
        self._of = {who: one for who, one in self._of.items() if one.at(now_s) < one.budget.at_once}

    def __len__(self) -> int:
        return len(self._of)
