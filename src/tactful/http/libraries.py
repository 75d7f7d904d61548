"""What browser libraries ask before they send: where events go, and that nothing goes anywhere else."""

import hashlib
from typing import Any

from litestar import Request, get
from litestar.params import FromPath

from tactful.http.access import role_of
from tactful.http.ingest import sent_key

JsonObject = dict[str, Any]
AnyRequest = Request[Any, Any, Any]
SILENT: JsonObject = {"sampleRate": 0}
"""Without it the library would send measurements of itself to its maker."""


@get("/v1/projects/{key:str}/settings", sync_to_thread=False, tags=["Events"], operation_id="segmentSettings", summary="Settings for Segment's browser library")
def segment_settings(key: FromPath[str], request: AnyRequest) -> JsonObject:
    """For ``AnalyticsBrowser.load({writeKey, cdnURL})``: events come back here, and nothing goes to the library's maker."""
    role_of(request, body_key=lambda: key)
    here = request.base_url
    segment = {"apiKey": key, "apiHost": f"{here.netloc}/v1", "protocol": here.scheme, "unbundledIntegrations": [], "addBundledMetadata": True}
    return {"integrations": {"Segment.io": segment}, "plan": {}, "metrics": SILENT}


@get("/sourceConfig", sync_to_thread=False, tags=["Events"], operation_id="rudderSettings", summary="Settings for Rudder's browser library")
def rudder_settings(request: AnyRequest) -> JsonObject:
    """For ``rudderanalytics.load(writeKey, dataPlaneUrl, {configUrl: dataPlaneUrl})``: no destinations but us, and no measurements of the library itself."""
    key = sent_key(request)
    role_of(request, body_key=lambda: key)
    off = {"enabled": False}
    source = {
        "id": hashlib.sha256((key or "").encode()).hexdigest()[:16],
        "name": "Tactful",
        "writeKey": key or "",
        "enabled": True,
        "workspaceId": "tactful",
        "config": {"statsCollection": {"errors": off, "metrics": off}},
        "connections": [],
        "destinations": [],
        "dataplanes": {},
    }
    return {"source": source}
