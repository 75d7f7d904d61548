"""What is worth showing, and why: sources propose, one calibrated score ranks, and every proposal knows its reason."""

from tactful.recommend._component import Component, Source
from tactful.recommend._proposed import Proposed
from tactful.recommend._recommender import Recommender
from tactful.recommend._sizes import sizes_of, wears
from tactful.recommend._slate import freshness_of, slate_of
from tactful.recommend._stated import stated_of
from tactful.recommend._usual import usual_of

__all__ = ["Component", "Proposed", "Recommender", "Source", "freshness_of", "sizes_of", "slate_of", "stated_of", "usual_of", "wears"]
