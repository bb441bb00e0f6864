"""Who changed what, and why: written by triggers, read in words."""
