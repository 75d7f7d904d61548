"""The assumptions of a world: every number with its source, read from data files so that anybody can doubt and change them."""

import tomllib
from importlib.resources import files
from typing import Any

import msgspec
from msgspec import Struct

from tactful.model.errors import InvalidInput

WORLDS = ("grocery", "fashion", "electronics")
PEOPLE = "people.toml"


class Assumption(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One number, and where it comes from."""

    value: float
    unit: str = "annoyance"
    source: str


class ProductType(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A kind of product that the world's shop sells."""

    path: str
    days: float
    """Mean days between two purchases where it is used up, mean days of life where it lasts."""
    price: float
    styles: int
    kind: str = "consumable"
    """``consumable`` or ``durable``."""
    many: bool = False
    """Of what lasts: whether one owns several of it, as of shirts."""
    gender: str | None = None
    sized: bool = False
    goes_with: list[str] = []
    """Paths of the types that a purchase of this one makes somebody want."""


class _File(Struct, kw_only=True, forbid_unknown_fields=True):
    name: str = ""
    about: str = ""
    parameters: dict[str, Assumption] = {}
    weights: dict[str, Assumption] = {}
    types: list[ProductType] = []


class World(Struct, frozen=True, kw_only=True):
    """A shop and its people, as numbers."""

    name: str
    about: str
    types: tuple[ProductType, ...]
    assumptions: dict[str, Assumption]
    weights: dict[str, Assumption]

    def __getitem__(self, name: str) -> float:
        """The value of an assumption."""
        return self.assumptions[name].value

    def changed(self, name: str, factor: float) -> "World":
        """The same world with one weight or assumption multiplied.

        >>> world = read_world("grocery")
        >>> world.changed("gift", 0.5).weights["gift"].value == world.weights["gift"].value / 2
        True
        """
        field = "weights" if name in self.weights else "assumptions"
        table: dict[str, Assumption] = getattr(self, field)
        scaled = msgspec.structs.replace(table[name], value=table[name].value * factor)
        return msgspec.structs.replace(self, **{field: {**table, name: scaled}})


def read_world(name: str) -> World:
    """Read one of the worlds that come along. Raises InvalidInput for a name there is not."""
    if name not in WORLDS:
        raise InvalidInput(f"no world {name!r}: use one of {', '.join(WORLDS)}")
    people, own = _read(PEOPLE), _read(f"{name}.toml")
    return World(
        name=own.name,
        about=own.about,
        types=tuple(own.types),
        assumptions={**people.parameters, **own.parameters},
        weights={**people.weights, **own.weights},
    )


def _read(name: str) -> _File:
    text = files("tactful.simulate").joinpath("worlds", name).read_text("utf-8")
    raw: dict[str, Any] = tomllib.loads(text)
    return msgspec.convert(raw, _File)
