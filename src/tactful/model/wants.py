"""What tells a want from a look: weights, and what is known of each type. Learned from the log, or a stated prior."""

import re
from functools import lru_cache

from msgspec import Struct

_WORD = re.compile(r"[^\W_]+")


class WantWeights(Struct, frozen=True, kw_only=True):
    """Log odds of each piece of evidence. Documented priors; those of the first group are learned where there is enough log."""

    base: float = -2.85
    """A want of theirs or for another, before any sign, against a look without one."""
    day: float = 2.05
    """Per doubling of one plus the days with a sign: one day is below even, two are about even, three are likely."""
    cart: float = 1.5
    wish: float = 2.0
    ask: float = 3.0
    """Asked to be told when it is back."""
    searched: float = 0.5
    """They searched for the kind and looked at it."""
    sizes: float = 0.8
    """They looked at more than one size of a style: the size is being chosen."""

    came_back: float = 1.0
    """Per doubling of one plus the days with a sign from before they were thought to be done: half of what such days say while they are on it."""
    accessory: float = -2.5
    """Per day on which they turned to what only an owner needs."""

    gift: float = -2.5
    """A want for another rather than for themselves, before any sign of it."""
    gift_words_here: float = 3.0
    """They searched for a gift in the same visit."""
    gift_words_near: float = 1.5
    """They searched for a gift within the week."""
    gift_season: float = 1.0
    """All looks fell into the weeks before Christmas, or the days before Valentine's, Mother's or Father's Day."""
    other_person: float = 2.2
    """Another gender or age group than they buy for, as far as is known from many purchases."""
    other_size: float = 1.2
    sent_elsewhere: float = 2.0
    """An order to another postal code than theirs."""
    sent_abroad: float = 3.0
    first_of_kind: float = 0.7
    """An order of something that they never bought for themselves."""
    bought_before: float = -2.0
    """An order of something that they do buy for themselves."""

    research: float = -0.7
    """Comparing or reading, before any sign."""
    burst: float = 1.2
    """Many styles of the type in one sitting, and no strong sign."""
    slip: float = -0.7
    """A mistaken tap or search, before any sign."""
    stray: float = 1.0
    """Far from everything else that they do here."""
    bounced: float = 1.0
    """Off to something else within seconds."""
    glanced: float = 1.5
    """They never stayed longer than a glance."""
    compared: float = 1.2
    """They always came from a site that compares prices; as all ways in, by the share of days on which they did."""
    lured: float = 0.5
    """They came by an advertisement or a network: speaks for research."""
    prompted: float = -0.4
    """They came by our own message: the want is partly ours."""
    own_way: float = 0.3
    """They searched for us or typed us in: speaks for a want of their own."""

    forget_days: float = 30.0
    """After so long an occasion counts half; after longer, in proportion, where people pause longer than `gap_days` over the type."""
    gap_days: float = 7.0
    """Days between looks of people who come back, where nothing is known of the type."""


class WantModel(Struct, frozen=True, kw_only=True):
    """The weights, and what is known of the types of one catalogue, by type code."""

    weights: WantWeights = WantWeights()
    gap_days: dict[int, float] = {}
    """Days between looks of people who do come back to the type."""
    accessories: dict[int, tuple[int, ...]] = {}
    """Types that hardly anybody needs who does not have one of this type."""
    words: dict[str, tuple[int, ...]] = {}
    """Types that a word of a search may mean."""
    named: dict[str, tuple[int, ...]] = {}
    """Of these, the types that are called so."""


PRIOR = WantModel()
"""Before a log and without a catalogue's words."""


def words_of(text: str) -> list[str]:
    """Split a text into lower-case words, plurals folded.

    >>> words_of("Men's Oxford shirts, NP-40")
    ['men', 'oxford', 'shirt', 'np', '40']
    """
    return [word for found in _WORD.findall(text.lower()) if len(word := _singular(found)) > 1]


@lru_cache(maxsize=65536)
def _singular(word: str) -> str:
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 4 and word.endswith(("sses", "xes", "ches", "shes")):
        return word[:-2]
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word
