"""The screen of a network's mistakes."""
