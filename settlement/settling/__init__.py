"""From evidence to lines of hours: the settler, what it reads for the rules, and its proofs."""
