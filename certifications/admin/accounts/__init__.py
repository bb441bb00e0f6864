"""Accounts, groups, and what happened at signing in."""
