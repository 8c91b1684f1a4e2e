"""Hardware in, readings out. Knows no kiosk and no network; a protocol is one pure file plus a thin port."""
