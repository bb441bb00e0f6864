"""List queries over certified agencies and awards: form, criteria, results, facets, statistics."""
