"""The teacher's view of a class."""
