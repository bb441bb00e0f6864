"""Parsing files and pasted lists into rows, before any look-up."""
