"""A school with its families, written straight into the stores: chaos and benches begin with everybody there."""

from __future__ import annotations

from collections.abc import Sequence

from app import now
from domain.bindings import Binding, BindingState, binding_id
from domain.identities import Identity, identity_id
from services.context import Context
from storage.documents import to_document
from tests.town import SCHOOL, led_school, pupil, school_class

_BATCH = 1000


async def settle_families(
    ctx: Context, app_id: str, openids: Sequence[str], *, teacher: str, class_size: int
) -> list[str]:
    """One child and one bound guardian who follows for each openid, in classes of one teacher; the classes' ids.

    Number n is `person-00000n`, in class n // `class_size`.
    """
    await ctx.stores.ensure_indexes()
    groups = [school_class(n + 1) for n in range(-(-len(openids) // class_size))]
    pupils = [pupil(groups[n // class_size], n % class_size + 1) for n in range(len(openids))]
    await ctx.stores.schools.save_roster(led_school(groups, pupils, teacher))
    at, database = now(), ctx.stores.database
    identities, bindings = [], []
    for number, (openid, (student, contact)) in enumerate(zip(openids, pupils, strict=True)):
        person = f"person-{number:06d}"
        identities.append(
            Identity(
                id=identity_id(app_id, openid),
                app_id=app_id,
                openid=openid,
                person_id=person,
                created_at=at,
                following=True,
            )
        )
        bindings.append(
            Binding(
                id=binding_id(student.id, person),
                school_id=SCHOOL.id,
                student_id=student.id,
                person_id=person,
                relation="妈妈",
                contact_id=contact.id,
                state=BindingState.ACTIVE,
                bound_at=at,
                unsettled=False,
            )
        )
    for name, things in (("identities", identities), ("bindings", bindings)):
        documents = [to_document(thing) for thing in things]
        for start in range(0, len(documents), _BATCH):
            await database[name].insert_many(documents[start : start + _BATCH])
    return [group.id for group in groups]
