"""The door of the staff desk: who comes in, how it is made sure, and what happened there."""
