"""The hours that count: entries that are booked once and never altered, and their totals."""
