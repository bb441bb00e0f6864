"""Export formats (CSV, XLSX, JSON, Atom), columns of the tables, and the data catalogue."""
