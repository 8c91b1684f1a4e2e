"""Printed badges: who gets one, its signed code, and the A4 sheet to cut them from.

The libraries that print are an extra (`muster[badges]`): they are imported only where something is printed.
"""
