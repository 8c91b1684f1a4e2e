"""The API for programs, under `/api/v1`: what the pages read and do, over the same services (docs/api.md)."""
