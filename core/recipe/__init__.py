"""The recipe of a training: every setting, declared once."""
