"""Programs that lie beside the tests."""

collect_ignore = ["atheris_ingest.py"]  # Imported for its doctests it would make every import after it slow.
