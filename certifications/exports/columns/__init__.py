"""The columns of every file and of the API: name, type, meaning in both languages, value.

One declaration serves the CSV, XLSX and JSON files, the API and its OpenAPI document, the column
dictionary and the data package. A name, once published, never changes its meaning; new columns are
added at the end of their group.
"""
