"""What images there are, where they lie, and which of them a recipe means."""
