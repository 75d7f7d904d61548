"""Policies that are compared, one a file."""
