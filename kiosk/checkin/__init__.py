"""From a reading to a recorded check-in and its answer: engine, decision, restart."""
