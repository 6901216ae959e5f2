"""Who may do what, where several people share one machine."""
