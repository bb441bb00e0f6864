"""Intakes at the desk: hand in a list, look at every row, decide, commit, undo."""
