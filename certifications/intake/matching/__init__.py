"""Matching rows to agencies of the register."""
