"""How readily a shop's customers answer."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from tactful.learning import AnswerBuilder
from tactful.model.profile import Contact, Profile, Response

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def customer(share, *, rng, messages=12):
    at = [NOW + timedelta(weeks=2 * n) for n in range(messages)]
    contacts = [Contact(each, "email", f"m{n}") for n, each in enumerate(at)]
    responses = [Response(each + timedelta(hours=3), "email", "clicked") for each in at if rng.random() < share]
    return Profile(customer_id="u:ann", contacts=contacts, responses=responses)


def learned(customers, **how):
    rng, builder = np.random.default_rng(5), AnswerBuilder()
    for _ in range(customers):
        builder.add(customer(rng.beta(0.8, 3.2), rng=rng, **how))
    return builder.fit()


def test_the_spread_of_answering_is_learned():
    found, facts = learned(2_000)
    assert found == pytest.approx((0.8, 3.2), rel=0.2)
    assert facts["answered"] == pytest.approx(0.2, abs=0.02)


@pytest.mark.parametrize(("customers", "how"), [(100, {}), (400, {"messages": 2})])
def test_too_few_messages_teach_nothing(customers, how):
    assert learned(customers, **how)[0] is None


def test_opens_and_what_was_owed_are_no_answers():
    builder = AnswerBuilder()
    for number in range(300):
        opened = [Response(NOW, "email", "opened")]
        contacts = [Contact(NOW, "email", f"a{n}", "receipt" if number % 2 else None) for n in range(5)]
        builder.add(Profile(customer_id="u:ann", contacts=contacts, responses=opened))
    assert builder.fit()[1] == {"written_to": 150}
