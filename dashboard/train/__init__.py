"""The screen on which a recipe is made."""
