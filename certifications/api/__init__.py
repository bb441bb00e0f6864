"""The read-only API under /api/v1/: the queries of the pages, as JSON for programs."""
