"""What terminals are told: rosters, settings, one-time codes, who is present at their site."""
