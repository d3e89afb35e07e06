"""What was tried is written down once, and a customer-service message has one sender."""

from domain.alerts import Alert
from domain.channels import Channel
from storage.stores import Stores
from tests.domain.samples import MINUTE, NOW
from tests.storage.conftest import at_once


async def test_of_ten_at_once_one_sends_the_customer_service_message(
    stores: Stores, twin: Stores
) -> None:
    await stores.alerts.note_template("refused", NOW)
    for alert_id in ("new", "refused"):
        answers = await at_once(
            *(some.alerts.take_service(alert_id, NOW + MINUTE) for some in [stores, twin] * 5)
        )
        assert sum(answers) == 1
        held = Alert(id=alert_id, at=NOW + MINUTE, channel=Channel.SERVICE)
        assert await stores.alerts.find(alert_id) == held


async def test_the_first_try_counts_until_it_is_forgotten(stores: Stores) -> None:
    await stores.alerts.note_template("a", NOW)
    await stores.alerts.note_template("a", NOW + MINUTE)
    first = Alert(id="a", at=NOW, channel=Channel.TEMPLATE)
    assert await stores.alerts.find("a") == first
    await stores.alerts.mark_taken("a")
    found = await stores.alerts.find("a")
    assert found is not None
    assert found.taken
    await stores.alerts.forget("a")
    await stores.alerts.forget("a")
    await stores.alerts.mark_taken("a")
    assert await stores.alerts.find("a") is None
