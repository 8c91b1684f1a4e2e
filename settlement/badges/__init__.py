"""Printed badges: who gets one, its signed code, and the A4 sheet to cut them from."""
