"""Worked cases of the rules and their check, which `rules verify` of the command line runs."""
