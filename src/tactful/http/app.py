"""The app: all routes over one engine, and the server that runs it."""

import gc
import inspect
import socket
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import uvicorn
from litestar import Litestar
from litestar.datastructures import State
from litestar.di import Provide
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import Components, Reference, SecurityScheme
from litestar.types import Message, Scope

from tactful import __version__
from tactful.app.engine import Engine
from tactful.http import customer_page, customers, decisions, ingest, libraries, moderation, opendsr, operations, pages, policy, scripts, shop, way_out
from tactful.http.access import keys_up_to_date, provide_edge, provide_now, within_limits
from tactful.http.bodies import bounded
from tactful.http.browsers import allow_pages
from tactful.http.edge import Clock, Edge
from tactful.http.errors import HANDLERS
from tactful.http.keys import Keys, dev_keys
from tactful.http.limits import Limits
from tactful.model.errors import InvalidInput
from tactful.wiring import Postroom

OBJECTS_BETWEEN_COLLECTIONS = 100_000
"""What a decision makes goes when it is answered, without the collector's help: after every 700 objects, Python's own choice, it walks for nothing."""
NO_POSTROOM = Postroom(senders=())
"""Nothing is sent from here."""

ROUTES: list[Any] = [
    ingest.ingest,
    ingest.pixel,
    ingest.discard_metrics,
    libraries.segment_settings,
    libraries.rudder_settings,
    scripts.segment_script,
    scripts.segment_script_part,
    shop.put_products,
    shop.change_products,
    shop.change_product,
    shop.delete_product,
    shop.put_inventory,
    shop.put_stores,
    decisions.decide,
    decisions.plan,
    decisions.run_outreach,
    moderation.moderate,
    customers.customer,
    customers.unmerge,
    customers.erase,
    opendsr.discovery,
    opendsr.submit,
    opendsr.status,
    opendsr.cancel,
    decisions.decision,
    decisions.train,
    decisions.dead_letters,
    policy.policy,
    operations.health,
    operations.ready,
    operations.metrics,
    operations.reference,
    pages.console,
    pages.style,
    way_out.ask,
    way_out.unsubscribe,
    customer_page.customer_page,
    customer_page.answer_back,
]

for route in ROUTES:  # The framework reads the docstring of its own wrapper where two handlers share a path.
    route.description = route.description or inspect.getdoc(route.fn)


def create_app(
    engine: Engine, *, keys: Keys, clock: Clock, postroom: Postroom = NO_POSTROOM, limits: Limits | None = None, scripts_in: Path | None = None
) -> Litestar:
    """The HTTP API and the console over one engine. ``clock`` tells the time wherever ``Tactful-Now`` does not; without ``limits``, the usual ones hold.

    ``scripts_in``: folder into which npm installed Segment's browser library, for pages that use its snippet.
    """
    return Litestar(
        ROUTES,
        on_startup=[engine.prepare],
        state=State({"edge": Edge(engine, keys, clock, postroom=postroom, limits=limits or Limits(), scripts=scripts_in)}),
        dependencies={"edge": Provide(provide_edge, sync_to_thread=False), "now": Provide(provide_now, sync_to_thread=False)},
        guards=[keys_up_to_date, within_limits],
        middleware=[bounded],
        before_send=[allow_pages, count],
        exception_handlers=HANDLERS,
        openapi_config=reference(),
        request_max_body_size=None,
        logging_config=None,
    )


async def count(message: Message, scope: Scope) -> None:
    """Count an answer by its route and status."""
    if message["type"] == "http.response.start":
        edge: Edge = scope["litestar_app"].state["edge"]
        edge.counters.requests.labels(scope.get("path_template") or "unknown", str(message["status"])).inc()


def reference() -> OpenAPIConfig:
    """How the API describes itself, at ``/openapi.json``."""
    schemes: dict[str, SecurityScheme | Reference] = {
        "writeKey": SecurityScheme(type="http", scheme="basic", description="The write key as user name, no password: ingest, and decide for anonymousIds."),
        "secretKey": SecurityScheme(type="http", scheme="bearer", description="The secret key: everything."),
    }
    return OpenAPIConfig(
        title="Tactful",
        version=__version__,
        description="Send events, ask for decisions.",
        path="/openapi.json",
        render_plugins=[JsonRenderPlugin(path="/")],
        components=Components(security_schemes=schemes),
    )


def system_clock() -> datetime:
    """The machine's time."""
    return datetime.now(UTC)


def check_free(host: str, port: int) -> None:
    """Make sure that nothing listens there yet. Raises InvalidInput; asked before a server says that it listens."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as problem:
            raise InvalidInput(f"{host}:{port} cannot be listened on ({problem.strerror}): stop what listens there, or give another --port") from problem


def serve(
    engine: Engine, *, host: str, port: int, keys: Keys, clock: Clock = system_clock, postroom: Postroom = NO_POSTROOM, scripts_in: Path | None = None
) -> None:
    """Serve until stopped, in this process. Raises InvalidInput for development keys on an address that others can reach."""
    if keys.dev:
        dev_keys(host)
    app = create_app(engine, keys=keys, clock=clock, postroom=postroom, scripts_in=scripts_in)
    engine.prepare()
    gc.collect()
    gc.freeze()  # The catalogue and the models stay: a collection that walks through them takes longer than ten decisions.
    gc.set_threshold(OBJECTS_BETWEEN_COLLECTIONS, 20, 20)
    uvicorn.run(app, host=host, port=port, workers=1, log_level="warning", access_log=False, server_header=False)
