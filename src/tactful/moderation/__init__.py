"""May a customer's own words go on a product? Rules over lists, and a person wherever they are not sure."""

from tactful.moderation._judge import VERDICTS, judge

__all__ = ["VERDICTS", "judge"]
