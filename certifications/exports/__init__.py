"""What is handed out: declared columns as CSV, XLSX, JSON and Atom, and their catalogue."""
