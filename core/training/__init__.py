"""One training, from its recipe to its result: Keras lives here."""
