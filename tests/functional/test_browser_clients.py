"""The browser libraries in a real browser, on a page of another origin than the server's: every event arrives once, and nothing goes to anybody else."""

import json
import threading
from collections import Counter
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

from javascript import LIBRARIES, SCRIPTS, chromium, needs_browser, needs_libraries, run
from serving import server
from tactful.model.events import Identified, PageViewed, ProductViewed
from tactful.wiring import open_engine

pytestmark = [needs_libraries, needs_browser]
PAGES = ("segment_npm", "segment_snippet", "segment_leaving", "rudder", "rudder_leaving")


@contextmanager
def shop(server_at):
    """The pages of a shop, with the libraries that it built in; their address."""

    class Pages(BaseHTTPRequestHandler):
        def do_GET(self):
            _, place, name = self.path.split("/", 2) if self.path.count("/") > 1 else ("", "pages", self.path[1:])
            path = (LIBRARIES if place == "libraries" else SCRIPTS / "pages") / name
            content = path.read_bytes() if path.is_file() else b""
            self.send_response(200 if path.is_file() else 204)
            self.send_header("Content-Type", "text/html; charset=utf-8" if path.suffix == ".html" else "text/javascript")
            self.end_headers()
            self.wfile.write(content if place == "libraries" else content.replace(b"SERVER", server_at.encode()))

        def log_message(self, *_):
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Pages) as pages:
        threading.Thread(target=pages.serve_forever, daemon=True).start()
        yield f"http://localhost:{pages.server_port}"
        pages.shutdown()


def visit(port):
    """Look at every page; what was asked for by the pages."""
    at = f"http://127.0.0.1:{port}"
    with shop(at) as address, run("browse.cjs", chromium(), *(f"{address}/{page}.html" for page in PAGES)) as visitor:
        output, errors = visitor.communicate(timeout=240)
        assert output, errors
        seen = json.loads(output)
    assert seen["problems"] == []
    hosts = {urlsplit(request["url"]).netloc for request in seen["requests"]} - {""}
    assert hosts == {urlsplit(at).netloc, urlsplit(address).netloc}, "and nobody else"
    return Counter(f"{request['method']} {urlsplit(request['url']).path}" for request in seen["requests"] if request["url"].startswith(at))


def told(event):
    """What an event tells, in a word."""
    return event.traits.email if isinstance(event, Identified) else event.product_id if isinstance(event, ProductViewed) else event.name or "a page"


def test_every_event_of_a_visit_arrives_once_and_nothing_goes_to_anybody_else(tmp_path):
    (tmp_path / "scripts").mkdir()
    (tmp_path / "scripts" / "node_modules").symlink_to(LIBRARIES)
    with server(tmp_path) as port:
        asked = visit(port)
    engine = open_engine(tmp_path)
    events = [event for _, events in engine.store.events.scan() for event in events if isinstance(event, Identified | PageViewed | ProductViewed)]
    dead = engine.store.dead_letters.latest(10)
    engine.store.close()
    assert dead == []
    assert Counter(told(event) for event in events) == {
        "Home": 2,
        "a page": 2,
        "built@example.com": 1,
        "built": 1,
        "snippet@example.com": 1,
        "snippet": 1,
        "snippet-later": 1,
        "leaving": 1,
        "rudder@example.com": 1,
        "rudder": 1,
        "rudder-leaving": 1,
    }
    assert asked["GET /analytics.js/v1/dev-write/analytics.min.js"] == 1
    assert asked["GET /v1/projects/dev-write/settings"] == 3
    assert {event.context.locale for event in events} == {"en-US"}
