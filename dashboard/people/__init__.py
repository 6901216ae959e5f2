"""The people of a class, as pages know them."""
