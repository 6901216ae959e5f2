"""The fixtures that the tests of this folder share."""

from tests.pages.classify.made import explainer_ends, no_webrtc, pets, store, trained

__all__ = ["explainer_ends", "no_webrtc", "pets", "store", "trained"]
