"""What is kept of one person: told as a whole, erased, and ended when its time is over."""
