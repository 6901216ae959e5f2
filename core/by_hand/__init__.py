"""What a page works out step by step, in numbers small enough to be followed with a pencil."""
