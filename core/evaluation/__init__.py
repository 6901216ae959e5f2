"""How good a network is, and how sure we may be of that."""
