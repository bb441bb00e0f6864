"""How much is kept of what staff write beside an act; forms, pages and columns hold to it."""

LONGEST_REASON = 500
LONGEST_NOTE = 2000  # of who decides a proposal
