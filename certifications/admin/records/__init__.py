"""Forms and lists of the register's own records."""
