"""A volunteer's own pages: the record in words, objections, gifts, certificates, a telephone's code."""
