"""The screens that look into a network."""
