"""A word goes out again only where the channel makes sure that it arrives once."""

from datetime import timedelta

import pytest

from domain.alerts import Alert, may_tell
from domain.channels import Channel
from domain.deliveries import REPEATABLE_FOR
from tests.domain.samples import NOW

MOMENT = timedelta(milliseconds=1)


@pytest.mark.parametrize(
    ("channel", "taken", "after", "may"),
    [
        (Channel.TEMPLATE, False, REPEATABLE_FOR - MOMENT, True),
        (Channel.TEMPLATE, False, REPEATABLE_FOR, False),
        (Channel.TEMPLATE, True, MOMENT, False),
        (Channel.SERVICE, False, MOMENT, False),
        (Channel.SERVICE, True, MOMENT, False),
    ],
)
def test_what_was_tried_before(channel: Channel, taken: bool, after: timedelta, may: bool) -> None:
    alert = Alert(id="a", at=NOW, channel=channel, taken=taken)
    assert may_tell(alert, NOW + after) is may


def test_the_first_try() -> None:
    assert may_tell(None, NOW)
