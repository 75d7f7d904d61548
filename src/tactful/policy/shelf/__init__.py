"""Rules about products, one a file."""
