"""What kind of fit a training is: the verdict on its curves, by rules that can be read."""
