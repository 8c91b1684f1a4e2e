"""All sites now, and who is missing at one of them."""
