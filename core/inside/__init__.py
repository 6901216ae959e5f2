"""Looking into a network, in a process of its own."""
