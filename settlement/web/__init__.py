"""The pages: read-only views, no writes."""
