"""How readily a shop's customers answer."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from small_shop import counting
from tactful.learning import LineBuilder, learn_answers
from tactful.model.profile import Contact, Profile, Response

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def customer(share, *, rng, messages=12):
    at = [NOW + timedelta(weeks=2 * n) for n in range(messages)]
    contacts = [Contact(each, "email", f"m{n}") for n, each in enumerate(at)]
    responses = [Response(each + timedelta(hours=3), "email", "clicked") for each in at if rng.random() < share]
    return Profile(customer_id="u:ann", contacts=contacts, responses=responses)


def learned(customers, **how):
    rng = np.random.default_rng(5)
    return answers_of(customer(rng.beta(0.8, 3.2), rng=rng, **how) for _ in range(customers))


def answers_of(profiles):
    builder = LineBuilder()
    for number, profile in enumerate(profiles):
        builder.add(number, profile, bought=(), visits=())
    with counting(builder) as count:
        return learn_answers(count)


def test_the_spread_of_answering_is_learned():
    found, facts = learned(2_000)
    assert found == pytest.approx((0.8, 3.2), rel=0.2)
    assert facts["answered"] == pytest.approx(0.2, abs=0.02)


@pytest.mark.parametrize(("customers", "how"), [(100, {}), (400, {"messages": 2})])
def test_too_few_messages_teach_nothing(customers, how):
    assert learned(customers, **how)[0] is None


def test_opens_and_what_was_owed_are_no_answers():
    def opens(number):
        contacts = [Contact(NOW, "email", f"a{n}", "receipt" if number % 2 else None) for n in range(5)]
        return Profile(customer_id="u:ann", contacts=contacts, responses=[Response(NOW, "email", "opened")])

    assert answers_of(map(opens, range(300)))[1] == {"written_to": 150}
