"""A run is a folder: its files, what is read from them, and who writes which."""
