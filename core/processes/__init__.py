"""Processes of ours: is one running, one that answers, one that is interrupted."""
