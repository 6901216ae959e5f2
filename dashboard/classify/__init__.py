"""The screens on which a network is asked about pictures."""
