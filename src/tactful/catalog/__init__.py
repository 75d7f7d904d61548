"""What may be shown: the catalogue as columns, its styles and types, and what is sensitive in it."""

from tactful.catalog._changes import follow, withdrawn
from tactful.catalog._sensitivity import sensitivity_of
from tactful.catalog._table import build_table, department_of, extend_table, parent_of, patch_table, reworded

__all__ = ["build_table", "department_of", "extend_table", "follow", "parent_of", "patch_table", "reworded", "sensitivity_of", "withdrawn"]
