"""The line between terminal and centre: contract, chain, log, uplink."""
