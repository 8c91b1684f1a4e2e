"""Muster: check-in terminals for volunteer sites, and the hours they earn."""
