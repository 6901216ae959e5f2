"""Networks to begin from: which there are, where their weights lie, and an earlier run as one."""
