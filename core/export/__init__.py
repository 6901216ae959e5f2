"""A trained network taken out of its run: every form of it, each loaded back in a clean process, in one zip."""
