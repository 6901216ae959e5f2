"""The files in a folder or a zip, whatever it is and whoever packed it."""
