"""What terminal and centre must agree on: events, chain, messages, rosters, signatures, codes."""
