"""Certificates of broker, listener and terminals: made, issued, renewed, revoked."""
