"""Organisations as they are entered: looked at, entered, corrected, moved, ended; each on record."""
