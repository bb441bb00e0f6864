"""Admin of intakes: upload a list, review its rows, decide, commit, undo."""
