"""The read-only JSON API under /api/v1/, with the filters of the pages."""
