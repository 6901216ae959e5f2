"""Classical learners, one file each, found by their name. See `models/baseline.py`."""
