"""Loading the data files: cells, files, records."""
