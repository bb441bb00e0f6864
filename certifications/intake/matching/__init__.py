"""Which body of the register each row means."""
