"""What is kept of terminals' messages: stored once, judged, attributed, dated; never changed."""
