"""The lessons: one file each, found by its name. See `core/lesson.py` for what a lesson is."""
