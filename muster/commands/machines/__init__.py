"""Commands about the centre and its terminals: prepared, joined, given what they need, looked into."""
