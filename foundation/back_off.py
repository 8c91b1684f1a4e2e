"""How long to leave alone what keeps failing: a device, a broker, an answer that does not come. Pure."""

from dataclasses import dataclass
from random import Random

_MOST_DOUBLINGS = 32


@dataclass(frozen=True, slots=True)
class BackOff:
    """Pauses that double with each failure, from the first up to the longest."""

    first_ms: int
    longest_ms: int

    def pause_ms(self, failures: int) -> int:
        """The pause after so many failures in a row, the first of which counts as 1."""
        return min(self.first_ms << min(failures - 1, _MOST_DOUBLINGS), self.longest_ms)

    def random_pause_ms(self, failures: int, random: Random, *, at_least_ms: int) -> int:
        """A pause by chance, from `at_least_ms` up to `pause_ms`.

        For networks: what failed for a thousand at one moment must not be tried by all of them at another.
        """
        return random.randint(at_least_ms, self.pause_ms(failures))
