"""How somebody came, from a page's referrer and its campaign: a class is kept, never an address.

Campaign names follow the usual ``utm`` conventions. The site lists name the sites most people come by; a site of no list is another site.
"""

import re
from functools import lru_cache
from typing import Any

from tactful.model.events import WayIn

_HOST = re.compile(r"^[a-z][a-z0-9+.-]*://([^/?#:]+)", re.IGNORECASE)
_MEDIA: tuple[tuple[WayIn, re.Pattern[str]], ...] = (
    ("email", re.compile(r"e-?mail|newsletter|crm")),
    ("compare", re.compile(r"compar|price.?search|affiliate|shopping.?feed")),
    ("ad", re.compile(r"^(cp[acmv]|ppc|paid.*|.*[-_ ]paid|sem|display|banner|ads?|advert.*|retarget.*|remarket.*)$")),
    ("social", re.compile(r"social")),
    ("search", re.compile(r"organic")),
)
"""By ``utm_medium``; what speaks of a letter comes before what speaks of money."""
_SITES: tuple[tuple[WayIn, str], ...] = (
    ("email", "mail webmail outlook com.google.android.gm gmx web.de"),
    ("compare", "idealo geizhals skinflint pricerunner pricespy prisjakt kelkoo billiger guenstiger check24 shopping.google shopzilla shopping.com shopbot"),
    ("compare", "camelcamelcamel ceneo heureka kieskeurig tweakers trovaprezzi toppreise ledenicheur buscape zoom.com.br kakaku pricecheck"),
    ("ad", "googleadservices doubleclick googlesyndication taboola outbrain criteo"),
    ("search", "google bing duckduckgo ecosia qwant startpage search baidu yandex naver seznam sogou yahoo"),
    (
        "social",
        "facebook instagram tiktok pinterest pin.it twitter t.co x.com reddit linkedin lnkd.in youtube snapchat threads whatsapp wa.me vk telegram t.me",
    ),
)
"""By whole parts of a host name; the more particular lists come first."""
_CLICK_IDS = re.compile(r"[?&](gclid|gbraid|wbraid|msclkid|dclid)=")
LONGEST = 2000


def read_way_in(context: dict[str, Any]) -> WayIn | None:
    """How they came to this page; None within the shop's own pages, and where nothing tells it.

    >>> read_way_in({"page": {"referrer": "https://www.idealo.de/preis", "url": "https://shop.example/p/1"}}), read_way_in({"campaign": {"medium": "cpc"}})
    ('compare', 'ad')
    >>> read_way_in({"page": {"referrer": ""}}), read_way_in({"page": {"referrer": "https://shop.example/", "url": "https://www.shop.example/p/1"}})
    ('direct', None)
    """
    page, campaign = context.get("page"), context.get("campaign")
    page = page if isinstance(page, dict) else {}
    medium = campaign.get("medium") if isinstance(campaign, dict) else None
    if isinstance(medium, str) and (told := _of_medium(medium[:100].strip().lower())) is not None:
        return told
    address = page.get("search") or page.get("url")
    if isinstance(address, str) and _CLICK_IDS.search(address[:LONGEST]):
        return "ad"
    referrer = page.get("referrer")
    if not isinstance(referrer, str):
        return None
    return _of_sites(_host(referrer), _host(page.get("url"))) if referrer else "direct"


@lru_cache(maxsize=1024)
def _of_medium(medium: str) -> WayIn | None:
    return next((way for way, pattern in _MEDIA if pattern.search(medium)), None)


def _host(address: Any) -> str:
    found = _HOST.match(address[:LONGEST]) if isinstance(address, str) else None
    return found[1].lower().removeprefix("www.") if found else ""


@lru_cache(maxsize=4096)
def _of_sites(host: str, own: str) -> WayIn | None:
    """The class of the site they came from; None where it is the shop's own."""
    if not host or (own and (host == own or host.endswith(f".{own}") or own.endswith(f".{host}"))):
        return None
    return next((way for way, sites in _SITES for site in sites.split() if f".{site}." in f".{host}."), "link")
