"""The centre: evidence in, reviewed hours out."""
