"""A run that goes on, told to everybody who watches: read once, worded once a language, sent as it comes."""
