"""Stores: a JSON array in the form of the contract."""

from typing import Any

from tactful.ingest.products import identifier, objects
from tactful.ingest.reports import Problem, StoreReport
from tactful.ingest.values import Unreadable, kind_of, read_text, read_zone
from tactful.model.products import Store


def read_stores(body: bytes) -> StoreReport:
    """Read ``[{store_code, name, lat, lon, country, timezone, postal_code, inventory}]``; what cannot be read is reported by position, the rest is kept.

    Raises InvalidFeed where the body is no JSON array.
    """
    stores, problems = [], []
    for position, value in objects(body):
        try:
            stores.append(read_store(value))
        except Unreadable as problem:
            problems.append(Problem(line=position, message=str(problem)))
    return StoreReport(stores=tuple(stores), problems=tuple(problems))


def read_store(value: Any) -> Store:
    """One store. Raises Unreadable with what is missing or wrong."""
    if not isinstance(value, dict):
        raise Unreadable(f"must be an object, not {kind_of(value)}")
    texts = {name: read_text(value.get(name), 200) for name in ("store_code", "name", "country", "timezone")}
    if missing := [name for name, text in texts.items() if text is None]:
        raise Unreadable(f"{' and '.join(missing)} missing")
    if read_zone(texts["timezone"]) is None:
        raise Unreadable(f'timezone must be an IANA name like "Europe/London", not {texts["timezone"]!r}')
    inventory = value.get("inventory") or []
    if not isinstance(inventory, list):
        raise Unreadable(f"inventory must be a list of product ids, not {kind_of(inventory)}")
    return Store(
        store_code=str(texts["store_code"]),
        name=str(texts["name"]),
        lat=degrees(value, "lat", 90),
        lon=degrees(value, "lon", 180),
        country=str(texts["country"]).upper(),
        timezone=str(texts["timezone"]),
        postal_code=read_text(value.get("postal_code", value.get("postalCode")), 20),
        inventory=frozenset(found for each in inventory if (found := identifier(each))),
    )


def degrees(value: dict[str, Any], name: str, limit: float) -> float:
    """A coordinate. Raises Unreadable where it is not on earth."""
    try:
        number = float(value[name])
    except (KeyError, TypeError, ValueError, OverflowError):
        number = float("nan")
    if not -limit <= number <= limit:
        raise Unreadable(f"{name} must be a number between {-limit:g} and {limit:g}")
    return number
