"""What the pages of the desk have in common, and the desk as a site."""
