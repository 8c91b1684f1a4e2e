"""Lists of volunteers: handed over, looked through, and imported without the rows that were refused."""
