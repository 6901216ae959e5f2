"""Parts of pages that more than one screen uses, and our own components."""
