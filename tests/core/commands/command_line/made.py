"""What the tests of this folder share: the command line does what the pages do, in words that programs can read."""

QUICK = ("--set", "epochs=3")
