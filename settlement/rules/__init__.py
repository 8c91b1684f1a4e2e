"""The settlement rules S0–S21, docs/rules.md, as pure functions: values in, values out.

No clock, no database, integers only. Read them in this order:

1. `rule_set`: every number and choice, as one versioned value; `evidence`: what goes in; `flags`, `trace`:
   what is said about a session; `local_dates`: which date an instant belongs to. What terminals decide by as
   well, and how long a stay may last, stands in `foundation.attendance`, for both ends
2. `dating`: from a terminal's monotonic time to UTC with its error, before anything else
3. `admission` (S0–S2, S16): which events count; `pairing` (S3–S6): from scans to sessions
4. `window` (S1, S6–S8): what of one session can be credited; `limits` (S8–S11): all of a volunteer's sessions
5. `settle`: all of these from end to end, and the lines (S12); start here to see the order of the rules
6. `ledger` (S17), `review` (S15), `readiness` (S14): from lines to approved hours
7. `hours` (S12, S13), `points` (S18), `stars` (S19), `transfer` (S20), `certificate` (S21): what hours become
"""
