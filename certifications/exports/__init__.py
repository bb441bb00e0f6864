"""What is handed out: tables of declared columns as CSV, XLSX, JSON and Atom, and their catalogue."""
