"""Reasons to write, one a file."""
