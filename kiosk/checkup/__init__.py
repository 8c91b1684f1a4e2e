"""How a terminal is judged: thin probes that look at it, and pure checks of what they saw."""
