"""One-time codes by text message: issuing, sending, giving them to terminals, and what became of them."""
