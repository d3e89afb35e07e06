"""Invitations: the newest of a class is found, another school's never."""

from storage.stores import Stores
from tests.domain.samples import MINUTE, NOW, an_invitation


async def test_the_newest_invitation_of_a_class(stores: Stores) -> None:
    newest = an_invitation(id="i2", created_at=NOW + MINUTE)
    for invitation in (
        an_invitation(id="i1"),
        newest,
        an_invitation(id="i3", class_id="class-2", created_at=NOW + 2 * MINUTE),
    ):
        await stores.invitations.add(invitation)
    assert await stores.invitations.newest("school-a", "class-1") == newest
    assert await stores.invitations.newest("school-b", "class-1") is None
    assert await stores.invitations.find("i2") == newest
    assert await stores.invitations.find("i9") is None
