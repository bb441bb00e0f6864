"""Intakes: lists read from files or pasted text, matched, reviewed, committed."""
