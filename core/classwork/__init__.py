"""What a class does together, and how it ends."""
