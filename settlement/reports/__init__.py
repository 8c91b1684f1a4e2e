"""What the centre tells others: value, ranking, lapsed volunteers, indicators, public notice, aggregates.

Each report is a pure function over what `sources` reads, and a `Table` that `rendering` writes. Only approved
time counts anywhere.
"""
