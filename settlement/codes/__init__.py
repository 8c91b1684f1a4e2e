"""One-time codes by text message: issuing them, and the gateway that sends them."""
