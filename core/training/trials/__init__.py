"""A few steps of a network that is thrown away: how fast it learns here, and a learning rate to begin with."""
