"""What makes the words of all sources comparable: a curve for each, and the one ranker that hears several of them together."""

from collections.abc import Mapping

import msgspec
from msgspec import Struct

from tactful.recommend._curve import Curve
from tactful.recommend._ranker import Ranker


class _Learned(Struct, frozen=True):
    curves: dict[str, Curve] = {}
    ranker: Ranker | None = None


class Calibration:
    """The curves by source name, and the ranker where one was ahead of the likeliest source's word."""

    def __init__(self, curves: Mapping[str, Curve] | None = None, ranker: Ranker | None = None) -> None:
        self.curves = dict(curves or {})
        self.ranker = ranker

    def dump(self) -> bytes:
        """Turn what was learned into bytes."""
        return msgspec.msgpack.encode(_Learned(self.curves, self.ranker))

    def load(self, blob: bytes) -> None:
        """Take over what `dump` gave."""
        learned = msgspec.msgpack.decode(blob, type=_Learned)
        self.curves, self.ranker = learned.curves, learned.ranker
