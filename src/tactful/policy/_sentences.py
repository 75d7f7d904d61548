"""The sentence for each code of policy, for the people who read a decision."""

SILENCE = {
    "nothing_relevant": "Nothing is likely enough to be wanted now.",
    "frequency_cap": "They have had as many messages as we allow ourselves.",
    "too_soon": "The last message was too short a time ago.",
    "quiet_hours": "There is no decent hour within the next seven days.",
    "no_consent": "They have not agreed to be written to.",
    "never_responds": "They have not answered for a while, so we write less and less.",
    "paused_by_customer": "They asked for quiet.",
    "unreachable": "There is no address that takes messages.",
    "nothing_within_reach": "No store is within their reach.",
    "unknown_customer": "We do not know this customer.",
}
"""By code of silence."""

WITHHELD = {
    "already_bought": "They already bought it.",
    "same_style_owned": "They own this style in another colour or size.",
    "need_closed": "They no longer look for something of this kind.",
    "one_look_only": "They looked only once, which is not a want.",
    "gift_not_taste": "It was for somebody else.",
    "by_mistake": "They met it by mistake, they say.",
    "sent_back": "They sent it back, or the thing that it is for.",
    "dismissed": "They said no to it.",
    "must_avoid": "It holds something they said they must avoid.",
    "sensitive": "It is a private matter, and they have not asked for it.",
    "out_of_stock": "It cannot be had at the moment.",
    "not_available_there": "It is not in stock at their store.",
    "out_of_radius": "No store within their reach has it.",
    "trip_is_over": "They bought it only on a trip that is over.",
    "not_your_size": "It does not come in their size.",
    "is_featured": "It is what the page is about.",
    "variant_of_shown": "Another variant of the same style is shown.",
    "not_due_yet": "The last one cannot be used up yet.",
    "not_relevant": "It is not likely enough to be wanted.",
}
"""By code of a withheld product."""
