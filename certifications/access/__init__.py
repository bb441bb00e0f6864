"""Access to the staff desk: sign-in, lockout, second factor, sessions, access events."""
