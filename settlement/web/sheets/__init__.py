"""Paper lists of comings and goings: entered on one form, confirmed as one thing by a second person."""
