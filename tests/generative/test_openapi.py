"""The API takes whatever its own description allows, and whatever that forbids, without ever failing itself."""

import json
import os
from contextlib import suppress
from datetime import UTC, datetime

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from litestar.serialization import encode_json
from litestar.testing import TestClient
from schemathesis.generation import GenerationMode

from tactful.app.engine import Engine
from tactful.http import create_app, dev_keys
from tactful.http.limits import Limits, Rate
from tactful.store import MemoryStore
from tactful.workbench import MemoryWorkbench

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
SECRET = {"Authorization": "Bearer dev-secret"}
UNLIMITED = Rate(1e9, 1e9)
BOUNDED = settings(
    max_examples=int(os.environ.get("TACTFUL_TEST_EXAMPLES", "12")),
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.large_base_example],
)


def app():
    numbers = iter(range(10**9))
    engine = Engine(MemoryStore(), new_id=lambda: f"id-{next(numbers)}", erasure_key=b"key", workbench=MemoryWorkbench())
    return create_app(engine, keys=dev_keys(), clock=lambda: NOON, limits=Limits(key=UNLIMITED, address=UNLIMITED))


APP = app()
DESCRIPTION = json.loads(encode_json(APP.openapi_schema.to_schema()))


def questions():
    """Every operation, and whether it is asked as the description allows or as it forbids; the many paths of one handler count once.

    Where there is neither body nor query, nothing can be asked that is forbidden.
    """
    seen = set()
    for path, methods in sorted(DESCRIPTION["paths"].items()):
        for method, operation in sorted(methods.items()):
            if operation["summary"] in seen and path not in ("/v1/batch", "/v1/track"):
                continue
            seen.add(operation["summary"])
            yield pytest.param(path, method, GenerationMode.POSITIVE, id=f"{method} {path}")
            if "requestBody" in operation or any(parameter["in"] == "query" for parameter in operation.get("parameters", ())):
                yield pytest.param(path, method, GenerationMode.NEGATIVE, id=f"not {method} {path}")


@pytest.fixture(scope="module")
def client():
    with TestClient(APP, raise_server_exceptions=False) as client:
        client.put("/v1/products", headers=SECRET, json=[{"id": "mug", "title": "Mug", "price": "9.00 EUR"}])
        client.post("/v1/track", headers=SECRET, json={"userId": "u1", "event": "Product Viewed", "properties": {"product_id": "mug"}})
        yield client


@pytest.fixture(scope="module")
def described():
    return schemathesis.openapi.from_dict(DESCRIPTION)


@pytest.mark.parametrize(("path", "method", "mode"), list(questions()))
def test_nothing_that_the_description_allows_or_forbids_breaks_the_server(client, described, path, method, mode):
    @BOUNDED
    @given(described[path][method].as_strategy(mode))
    def ask(case):
        request = case.as_transport_kwargs(base_url="http://testserver", headers=SECRET)
        request.pop("cookies")
        if isinstance(request.get("data"), str | bytes):
            request["content"] = request.pop("data")
        answer = client.request(**request)
        assert answer.status_code < 500, answer.text
        if answer.status_code >= 400 and answer.headers["content-type"] == "application/json":
            assert set(answer.json()) == {"success", "code", "message"}

    with suppress(Unsatisfiable):
        ask()
