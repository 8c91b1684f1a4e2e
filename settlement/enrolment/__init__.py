"""Terminals that join the centre: tokens, requests, approval, and the address where they ask."""
