"""Batches on their way in: read from files and pasted lists, matched, reviewed, committed."""
