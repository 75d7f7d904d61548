"""Coordinates that a client sends are nowhere in the file afterwards."""

import struct
from datetime import UTC, datetime

import msgspec

from tactful.app.engine import DecideContext, DecideRequest
from tactful.ingest import read_batch
from tactful.model.moment import Location
from tactful.wiring import open_engine

NOW = datetime(2026, 3, 1, 10, tzinfo=UTC)
LAT, LON = 51.513642, -0.136517
LOCATION = {"lat": LAT, "lon": LON}


def test_no_raw_coordinates_at_rest(tmp_path):
    messages = [
        {"type": "page", "userId": "u", "messageId": "m1", "context": {"location": LOCATION}},
        {"type": "page", "userId": "u", "messageId": "m2", "context": {"location": {"latitude": str(LAT), "longitude": str(LON)}}},
        {"type": "track", "userId": "u", "messageId": "m3", "event": "Store Located", "properties": {"where": LOCATION, "url": f"/s?lat={LAT}&lng={LON}"}},
        {"type": "page", "messageId": "m4", "context": {"location": LOCATION}},
    ]
    engine = open_engine(str(tmp_path))
    receipt = engine.record(read_batch(msgspec.json.encode({"batch": messages}), kind="batch", received_at=NOW, correct_skew=False), now=NOW)
    assert (receipt.accepted, receipt.dead) == (3, 1)
    decision = engine.decide(DecideRequest(user_id="u", context=DecideContext(location=Location(lat=LAT, lon=LON))), now=NOW)
    assert engine.decision(decision.decision_id)
    assert engine.customer("u", now=NOW)["home"]["cell"] == "gcpvh"
    kept = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert b"gcpvh" in kept
    for number in (LAT, LON):
        assert f"{abs(number):.4f}"[:-1].encode() not in kept
        assert struct.pack(">d", number) not in kept
