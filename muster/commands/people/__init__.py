"""Commands about people: accounts, badges and codes, lists taken in, numbers merged, personal data."""
