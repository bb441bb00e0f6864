"""Search without models: folding, vocabulary, query parsing, repair, nearness, gram index."""
