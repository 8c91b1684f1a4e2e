"""Which terminals one listener serves: all of them, or those of the buckets that it holds."""

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from sync.contract.wire import BUCKETS, bucket_of

_ALL = frozenset(bucket_of(number) for number in range(BUCKETS))


@dataclass(frozen=True, slots=True)
class Served:
    """`buckets` are None where nobody else serves."""

    buckets: frozenset[str] | None = None

    @property
    def parts(self) -> frozenset[str]:
        """The buckets, also where they are all."""
        return _ALL if self.buckets is None else self.buckets

    @property
    def leads(self) -> bool:
        """Whether it does what is done once for the whole centre: the one that holds the first bucket."""
        return bucket_of(0) in self.parts

    def among(self, rows: QuerySet[Any], bucket: str = "terminal__bucket") -> QuerySet[Any]:
        """Those of the rows that belong to a terminal which is served; `bucket` leads there."""
        return rows if self.buckets is None else rows.filter(**{f"{bucket}__in": sorted(self.buckets)})


EVERYBODY = Served()
