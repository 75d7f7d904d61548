"""The pure fold: who somebody is, as of the last event folded in.

A profile holds nothing that the log cannot rebuild: folding the same events in the same order gives the same bytes.
"""

from tactful.profile._fold import decode, encode, fold, fold_all, new_profile

__all__ = ["decode", "encode", "fold", "fold_all", "new_profile"]
