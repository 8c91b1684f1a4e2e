"""Reviewing hours on a page: what waits, by activity; each line with its evidence; decisions."""
