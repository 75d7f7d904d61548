"""Adapters of the port `Sender`: how messages leave. One kind a file, found by the scheme of its address."""

from tactful.senders._kinds import open_sender
from tactful.senders._own import ForChannel
from tactful.senders._settings import Letterhead

__all__ = ["ForChannel", "Letterhead", "open_sender"]
