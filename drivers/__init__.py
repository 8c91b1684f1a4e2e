"""Hardware in, readings out. Knows no kiosk and no network; one protocol is one pure file plus a thin port."""
