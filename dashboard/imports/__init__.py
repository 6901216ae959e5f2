"""The screen on which people bring pictures of their own."""
