"""What never changes: Thai spelling, the calendar, the provinces, the rule's words."""
