"""Volunteers: found by number or name, and the file of one."""
