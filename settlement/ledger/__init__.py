"""From computed lines to hours that count: entries, reviews, completeness, and the proof of it all."""
