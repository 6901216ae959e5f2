"""The lessons: one file each, found by its name. See `core/lessons/lesson.py` for what a lesson is."""
