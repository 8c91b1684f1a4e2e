"""The terminal: from a reading to a recorded check-in, its screens, and what the centre gives it."""
