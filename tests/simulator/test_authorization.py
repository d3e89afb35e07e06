"""WeChat's own word about somebody's authorisation: who sends it, whom it is about, and that no chat shows it."""

import pytest

from simulator.people import PLATFORM
from tests.simulator.conftest import Bed


async def test_the_sender_is_wechat_and_whom_it_is_about_stands_in_the_event(bed: Bed) -> None:
    asked = {"event": "user_authorization_revoke", "revoke_info": "205"}
    await bed.control("users/wang/authorization", asked)
    (got,) = bed.stand_in.got
    wang = bed.world.users["wang"]
    assert (got["FromUserName"], got["OpenID"]) == (PLATFORM, wang.openid)
    assert (got["Event"], got["RevokeInfo"]) == ("user_authorization_revoke", "205")
    assert got["AppID"] == bed.world.account.app_id
    assert "EventKey" not in got
    assert (wang.following, wang.chat) == (True, [])


async def test_who_closes_their_account_is_gone_from_it(bed: Bed) -> None:
    await bed.control("users/wang/say", {"text": "你好"})
    await bed.control("users/wang/authorization", {"event": "user_authorization_cancellation"})
    wang = bed.world.users["wang"]
    assert (wang.following, wang.chat) == (False, [])
    assert "RevokeInfo" not in bed.stand_in.got[-1]


@pytest.mark.parametrize("asked", [{"event": "user_gone"}, {}])
async def test_other_events_are_refused(bed: Bed, asked: dict[str, str]) -> None:
    answer = await bed.control("users/wang/authorization", asked)
    assert "error" in answer
    assert bed.stand_in.got == []
