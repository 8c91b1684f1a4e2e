"""The database as such: who makes its tables, which keys it knows, whether it is away, safe; locks on it."""
