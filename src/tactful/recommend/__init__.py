"""What is worth showing, and why: sources propose, one calibrated score ranks, and every proposal knows its reason."""

from tactful.recommend._calibration import Curve, fit_curve
from tactful.recommend._component import Component, Source
from tactful.recommend._reasons import reason_text, spoken_date, spoken_title
from tactful.recommend._recommender import Recommender, discover
from tactful.recommend._usual import usual_of

__all__ = ["Component", "Curve", "Recommender", "Source", "discover", "fit_curve", "reason_text", "spoken_date", "spoken_title", "usual_of"]
