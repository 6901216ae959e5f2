"""Scripts that travel with a network in its zip: they need nothing of ours."""
