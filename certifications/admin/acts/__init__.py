"""Acts on agencies, merges, proposals: looked at before they are carried out."""
