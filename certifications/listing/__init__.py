"""The list of certified agencies and awards: what is asked, and what it gives."""
