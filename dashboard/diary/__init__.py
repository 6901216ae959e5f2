"""The diary of the training images: what was learnt by heart, forgotten or never learnt, as several screens show it."""
