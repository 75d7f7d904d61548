"""Tactful: personalization for shops that would rather be remembered than noticed."""

__version__ = "0.1.0"
