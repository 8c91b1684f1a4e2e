"""The database step by step; a released migration is never edited."""
