"""What other people's consent tools say, in our purposes: Segment and Jitsu categories, Rudder, Google consent mode, Shopify, and Global Privacy Control.

A yes to cookies is no yes to letters: such a signal may deny outreach and never grants it. Only words about a channel do (Shopify's e-mail consent).
"""

from collections.abc import Iterator
from typing import Any

from tactful.ingest.values import read_flag, read_text
from tactful.model.events import Signal

MARKETING, PERSONALIZATION, MEASUREMENT, SHARING = "marketing", "personalization", "measurement", "sharing_third_party"
MOST_CATEGORIES = 40
PURPOSES: dict[str, str] = {
    **dict.fromkeys(("marketing", "advertising", "ads", "targeting", "c0004", "marketingallowed", "adpersonalization", "aduserdata"), MARKETING),
    **dict.fromkeys(("personalization", "personalisation", "functional", "functionality", "preferences", "c0003"), PERSONALIZATION),
    **dict.fromkeys(("personalizationstorage", "preferencesprocessingallowed", "personalizationonsite"), PERSONALIZATION),
    **dict.fromkeys(("analytics", "performance", "statistics", "measurement", "c0002", "analyticsstorage", "analyticsprocessingallowed"), MEASUREMENT),
    **dict.fromkeys(("datasharing", "saleofdata", "saleofdataallowed", "sharingthirdparty", "adstorage"), SHARING),
}
"""A category, without case and punctuation, to our purpose. What is not here says nothing to us."""
GPC = (MARKETING, SHARING, "profiling_offline")
"""What Global Privacy Control refuses: sale and sharing by law; by our choice also outreach and profiles that join what was done elsewhere."""
SHOPIFY_STATES = {"subscribed": True, "unsubscribed": False, "redacted": False}
"""The others (pending, not_subscribed) are no answer."""


def purpose_of(name: str) -> str:
    """Our purpose for a category's name; an unknown name is its own.

    >>> purpose_of("Personalisation"), purpose_of("C0004"), purpose_of("loyalty")
    ('personalization', 'marketing', 'loyalty')
    """
    return PURPOSES.get("".join(filter(str.isalnum, name)).casefold(), name.casefold())


def read_signals(context: dict[str, Any]) -> tuple[Signal, ...]:
    """The strictest of what a context says about each purpose."""
    found: dict[str, Signal] = {}
    for signal in _signals(context):
        known = found.get(signal.purpose)
        found[signal.purpose] = signal if known is None or not signal.granted else known
    return tuple(found[purpose] for purpose in sorted(found))


def _signals(context: dict[str, Any]) -> Iterator[Signal]:
    consent, managed = context.get("consent"), context.get("consentManagement")
    if isinstance(consent, dict):
        categories = consent.get("categoryPreferences")
        yield from _answers(categories if isinstance(categories, dict) else {}, "segment")
        yield from _answers({name: value for name, value in consent.items() if name != "categoryPreferences"}, "consent_mode")
    if isinstance(managed, dict):
        for name, granted in (("allowedConsentIds", True), ("deniedConsentIds", False)):
            listed = managed.get(name)
            yield from _answers(dict.fromkeys((str(each) for each in listed), granted) if isinstance(listed, list) else {}, "rudder")
    google = context.get("consentMode") or context.get("consent_mode")
    yield from _answers(google if isinstance(google, dict) else {}, "consent_mode")
    if read_flag(context.get("gpc")) or read_flag(context.get("globalPrivacyControl")):
        yield from (Signal(purpose, None, False, "gpc") for purpose in GPC)


def _answers(said: dict[str, Any], source: str) -> Iterator[Signal]:
    for name in list(said)[:MOST_CATEGORIES]:
        purpose, granted = PURPOSES.get("".join(filter(str.isalnum, str(name))).casefold()), read_flag(said[name])
        if purpose is not None and granted is not None and not (granted and purpose == MARKETING):
            yield Signal(purpose, None, granted, source)


def read_subscriptions(traits: Any) -> tuple[Signal, ...]:
    """What Shopify's customer says about letters and texts: answers to one channel, so a yes counts.

    >>> read_subscriptions({"email_marketing_consent": {"state": "subscribed"}})[0].granted
    True
    """
    if not isinstance(traits, dict):
        return ()
    found = []
    for channel in ("email", "sms"):
        said = traits.get(f"{channel}_marketing_consent")
        state = SHOPIFY_STATES.get((read_text(said.get("state"), 40) or "").lower()) if isinstance(said, dict) else None
        if state is None and channel == "email":
            state = read_flag(traits.get("accepts_marketing"))
        if state is not None:
            found.append(Signal(MARKETING, channel, state, "shopify"))
    return tuple(found)
