"""The nouns of the house: frozen types, no behaviour beyond naming, no I/O, no clock."""
