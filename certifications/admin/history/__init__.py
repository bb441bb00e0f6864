"""What was changed, and what wants to be looked at again."""
