"""What waits for somebody's decision, by kind, each a form over its service."""
