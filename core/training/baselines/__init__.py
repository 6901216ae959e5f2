"""Training a baseline: fitted in one go, in the place of the epoch loop."""
