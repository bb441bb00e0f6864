"""The audit trail: written by triggers, read in words."""
