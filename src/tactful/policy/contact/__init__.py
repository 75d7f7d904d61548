"""Rules about interrupting somebody, one a file."""
