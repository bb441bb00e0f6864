"""Rows judged, decided, committed and taken back."""
