"""Finding by what people type: keys of records, queries as they are read, nearness."""
