"""The queue: which waiting run goes to which worker, how fast networks learn here, and which train side by side."""
