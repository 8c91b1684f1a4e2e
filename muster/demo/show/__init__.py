"""`muster demo --show`: three terminals, centre and staff's view in one window, and keys that break them."""
