"""What a file or a pasted list says of each office, before anything is looked up."""
