"""Reviewing rows: evaluation, decisions, commit, undo."""
