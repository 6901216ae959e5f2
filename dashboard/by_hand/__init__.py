"""The page on which every product and sum is written out."""
