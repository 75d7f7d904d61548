"""The policy as data: every rule, trigger and threshold with the settings that hold here, and where each comes from."""

from collections.abc import Iterator
from typing import Any

import msgspec
from msgspec import NODEFAULT, Struct

from tactful.app.sender_settings import SENDERS
from tactful.model.profile import Profile
from tactful.model.verdicts import Needs
from tactful.outreach import Trigger, discover_triggers
from tactful.policy import ContactRule, ShelfRule, Thresholds, contact_rules, merged_needs, shelf_rules
from tactful.words import Language

Parts = dict[str, Struct]
"""What has settings, by its name in the file: ``contact.frequency_cap``, ``thresholds``."""
Changes = dict[str, dict[str, Any]]
"""Name of a part to the fields that are set otherwise."""
ALONE: dict[str, type[Struct]] = {"thresholds": Thresholds, "words": Language}
"""Parts that are a section of their own. One more line here, and its fields can be set, are checked, shown and documented."""


def default_parts() -> Parts:
    """Everything that has settings, as shipped."""
    parts: Parts = {name: kind() for name, kind in ALONE.items()}
    parts |= {f"shelf.{rule.code}": rule for rule in shelf_rules()}
    parts |= {f"contact.{rule.code}": rule for rule in contact_rules()}
    return parts | {f"triggers.{trigger.name}": trigger for trigger in discover_triggers()} | SENDERS


class Condition(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who belongs to a segment: everybody for whom all that is given holds."""

    country: tuple[str, ...] = ()
    """Their address lies in one of these, ISO 3166 two letters."""
    preference: dict[str, str] = {}
    """They stated each of these."""
    customers: tuple[str, ...] = ()
    """They are one of these, by userId or customer id."""

    def holds(self, profile: Profile) -> bool:
        """Whether somebody belongs to it.

        >>> Condition(customers=("ann",)).holds(Profile(customer_id="u:ann"))
        True
        """
        stated = {said.key: said.value for said in profile.preferences}
        lives_there = not self.country or (profile.address is not None and profile.address.country in self.country)
        listed = not self.customers or profile.customer_id in self.customers or profile.customer_id.removeprefix("u:") in self.customers
        return lives_there and listed and all(stated.get(key) == value for key, value in self.preference.items())


class Override(Struct, frozen=True, kw_only=True):
    """Settings that hold only somewhere, or only for some people."""

    scope: str
    """``placements``, ``channels`` or ``segments``; later ones outrank earlier ones."""
    name: str
    changes: Changes
    when: Condition = Condition()


class Rules(Struct, frozen=True, kw_only=True):
    """What one decision is judged by."""

    shelf: tuple[ShelfRule, ...]
    needs: Needs
    """What the rules about products need to know, all together."""
    contact: tuple[ContactRule, ...]
    triggers: tuple[Trigger, ...]
    thresholds: Thresholds
    words: Language


class Setting(Struct, frozen=True, kw_only=True, rename="camel"):
    """One setting, for people to read."""

    key: str
    value: Any
    default: Any
    source: str
    """``default`` or ``file``."""
    scope: str | None = None
    """Where it holds only somewhere: ``placements.home``."""
    means: str
    because: str | None
    """Where the default comes from."""


class Policy:
    """Settings as shipped, with what the shop's file changes. Immutable; what follows from it is computed once."""

    def __init__(self, changes: Changes | None = None, overrides: tuple[Override, ...] = (), *, file: str | None = None) -> None:
        self.changes, self.overrides, self.file = changes or {}, overrides, file
        self._defaults = default_parts()
        self._parts = changed(self._defaults, self.changes)
        self._computed: dict[tuple[int, ...], Rules] = {(): rules_of(self._parts)}

    def rules(self, profile: Profile, *, placement: str | None = None, channel: str | None = None) -> Rules:
        """What holds for this person, at this placement or through this channel."""
        if not self.overrides:
            return self._computed[()]
        applying = tuple(i for i, override in enumerate(self.overrides) if _applies(override, profile, placement=placement, channel=channel))
        if applying not in self._computed:
            parts = self._parts
            for i in applying:
                parts = changed(parts, self.overrides[i].changes)
            self._computed[applying] = rules_of(parts)
        return self._computed[applying]

    def part(self, name: str) -> Struct:
        """One part with what the file changes for everybody: ``senders.email``."""
        return self._parts[name]

    def settings(self) -> Iterator[Setting]:
        """Every setting with its value and where that comes from; then those that hold only somewhere."""
        for part, holder in self._parts.items():
            for name in settable(type(holder)):
                yield self._setting(part, name, getattr(holder, name), source="file" if name in self.changes.get(part, {}) else "default")
        for override in self.overrides:
            for part, fields in override.changes.items():
                for name, value in fields.items():
                    yield self._setting(part, name, value, source="file", scope=f"{override.scope}.{override.name}")

    def _setting(self, part: str, name: str, value: object, *, source: str, scope: str | None = None) -> Setting:
        holder = self._defaults[part]
        means, because = told(type(holder), name)
        default, plain = (msgspec.to_builtins(each, str_keys=True, order="deterministic") for each in (getattr(holder, name), value))
        return Setting(key=f"{part}.{name}", value=plain, default=default, source=source, scope=scope, means=means, because=because)


def _applies(override: Override, profile: Profile, *, placement: str | None, channel: str | None) -> bool:
    if override.scope == "segments":
        return override.when.holds(profile)
    return override.name == (placement if override.scope == "placements" else channel)


def changed(parts: Parts, changes: Changes) -> Parts:
    """Parts with some fields set otherwise."""
    return parts | {part: msgspec.structs.replace(parts[part], **fields) for part, fields in changes.items()}


def rules_of(parts: Parts) -> Rules:
    """Parts sorted into what a decision asks for, each kind in the order in which it is asked."""
    holders = parts.values()
    shelf = tuple(part for part in holders if isinstance(part, ShelfRule))
    return Rules(
        shelf=shelf,
        needs=merged_needs(shelf),
        contact=tuple(part for part in holders if isinstance(part, ContactRule)),
        triggers=tuple(part for part in holders if isinstance(part, Trigger)),
        thresholds=next(part for part in holders if isinstance(part, Thresholds)),
        words=next(part for part in holders if isinstance(part, Language)),
    )


def settable(kind: type[Struct]) -> dict[str, Any]:
    """The fields of a part that may be set, with their types: those that have a default."""
    return {field.name: field.type for field in msgspec.structs.fields(kind) if field.default is not NODEFAULT or field.default_factory is not NODEFAULT}


def told(kind: type[Struct], name: str) -> tuple[str, str | None]:
    """What a setting means, and where its default comes from: its own source, else that of the rule or trigger."""
    found = [meta for meta in getattr(settable(kind)[name], "__metadata__", ()) if isinstance(meta, msgspec.Meta)]
    means = next((meta.description for meta in found if meta.description), "")
    own = next((meta.extra["source"] for meta in found if meta.extra), None)
    source = " ".join((kind.__doc__ or "").partition("Source:")[2].split()).removesuffix(".") or None
    return means, own or source
