"""A trained network asked about pictures, without Keras."""
