"""Lessons: their list, one on one screen, the view for the projector."""
