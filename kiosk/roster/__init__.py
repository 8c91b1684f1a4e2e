"""The roster as the engine asks it: who is expected, for which activity, when."""
