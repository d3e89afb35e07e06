"""Pictures in circles: a child is in one only while its family agrees, and nobody sees one they may not."""

from __future__ import annotations

import pytest

from domain.consents import Decision
from domain.errors import InvalidError
from domain.groups import Enrolment, research_group
from domain.roles import Right
from domain.safety import Kind
from services.circle_pictures import taggable_children
from services.circles import access_circle, open_topic, topics_page
from services.context import Context
from services.files import open_own_file
from services.people import access_teaching
from services.review_pictures import open_reviewed
from services.work_files import open_of_topic
from tests.circling import agree, picture, post, refused, seen
from tests.flows.conftest import quiet_town as quiet_town
from tests.talking import (
    CHILD,
    GROUP,
    HEAD,
    MATHS,
    MOTHER,
    OFFICE,
    OTHER,
    bind,
    unbind,
)
from tests.talking import ctx as ctx
from tests.town import SCHOOL

RESEARCH = research_group(SCHOOL.id, 1)
OTHER_CHILD = CHILD.removesuffix("1") + "2"


async def test_a_child_is_in_a_picture_only_while_its_family_agrees(ctx: Context) -> None:
    file_id = await picture(ctx)
    with pytest.raises(InvalidError) as caught:
        await post(ctx, HEAD, "春游", (file_id, (CHILD,)))
    assert caught.value.fields["pictures"].code == "no_consent"
    assert await seen(ctx, MOTHER) == []
    await agree(ctx)
    plain = await picture(ctx)
    topic = await post(ctx, HEAD, "春游", (file_id, (CHILD,)), (plain, ()))
    for who in (MOTHER, OTHER, HEAD):
        assert (await open_of_topic(ctx, who, topic.id, file_id))[0].id == file_id
    await agree(ctx, decision=Decision.NO)
    for who in (MOTHER, OTHER, HEAD, OFFICE):
        await refused(open_of_topic(ctx, who, topic.id, file_id))
        await refused(open_own_file(ctx, who, file_id))
    (shown,) = (await topics_page(ctx, OTHER, GROUP)).topics
    assert ([p.file.file_id for p in shown.pictures], shown.withheld) == ([plain], 1)
    assert (await open_of_topic(ctx, OTHER, topic.id, plain))[0].name == "图片.png"


async def test_one_guardians_no_outweighs_anothers_yes_and_so_does_the_end_of_the_binding(
    ctx: Context,
) -> None:
    await agree(ctx)
    topic = await post(ctx, HEAD, "春游", (await picture(ctx), (CHILD,)))
    await bind(ctx, "father")
    await agree(ctx, "father", decision=Decision.NO)
    assert (await open_topic(ctx, OTHER, topic.id)).withheld == 1
    await unbind(ctx, "father")
    assert (await open_topic(ctx, OTHER, topic.id)).withheld == 0
    await unbind(ctx, MOTHER)
    assert (await open_topic(ctx, OTHER, topic.id)).withheld == 1


async def test_who_decides_about_a_picture_does_not_see_it_either_without_consent(
    ctx: Context,
) -> None:
    await agree(ctx)
    file_id = await picture(ctx, MOTHER, CHILD)
    topic = await post(ctx, MOTHER, "春游", (file_id, (CHILD,)))
    head = await access_teaching(ctx, HEAD, Right.MODERATE)
    review_id = f"{Kind.TOPIC}:{topic.id}"
    assert (await open_reviewed(ctx, head, review_id, file_id))[0].id == file_id
    await agree(ctx, decision=Decision.NO)
    await refused(open_reviewed(ctx, head, review_id, file_id))


async def test_a_guardian_names_their_own_child_alone(ctx: Context) -> None:
    await agree(ctx)
    await agree(ctx, OTHER, OTHER_CHILD)
    named = await taggable_children(ctx, await access_circle(ctx, MOTHER, GROUP))
    assert [t.student.id for t in named] == [CHILD]
    file_id = await picture(ctx, MOTHER, CHILD)
    with pytest.raises(InvalidError) as caught:
        await post(ctx, MOTHER, "春游", (file_id, (OTHER_CHILD,)))
    assert caught.value.fields["pictures"].code == "child_unknown"
    assert len(await taggable_children(ctx, await access_circle(ctx, HEAD, GROUP))) == 2


async def test_children_are_in_no_picture_of_a_research_circle(ctx: Context) -> None:
    await ctx.stores.groups.enrol(
        Enrolment(
            id=f"{RESEARCH}:{HEAD}",
            school_id=SCHOOL.id,
            group_id=RESEARCH,
            person_id=HEAD,
            since=ctx.now(),
            granted_by=OFFICE,
        )
    )
    await agree(ctx)
    with pytest.raises(InvalidError) as caught:
        await post(ctx, HEAD, "公开课", (await picture(ctx), (CHILD,)), circle=RESEARCH)
    assert caught.value.fields["pictures"].code == "no_children_here"
    assert await taggable_children(ctx, await access_circle(ctx, HEAD, RESEARCH)) == []
    topic = await post(ctx, HEAD, "公开课", (await picture(ctx), ()), circle=RESEARCH)
    await refused(open_topic(ctx, MOTHER, topic.id))
    await refused(open_of_topic(ctx, MOTHER, topic.id, topic.files()[0]))


async def test_only_ones_own_pictures_that_nothing_else_shows(ctx: Context) -> None:
    used = await picture(ctx)
    await post(ctx, HEAD, "一", (used, ()))
    for file_id in (used, await picture(ctx, MATHS), await picture(ctx, MOTHER, CHILD), "none"):
        with pytest.raises(InvalidError) as caught:
            await post(ctx, HEAD, "二", (file_id, ()))
        assert caught.value.fields["pictures"].code == "picture_gone"
    ten = [(await picture(ctx), ()) for _ in range(10)]
    with pytest.raises(InvalidError):
        await post(ctx, HEAD, "三", *ten)
    with pytest.raises(InvalidError):
        await post(ctx, HEAD, " ")
    assert len((await post(ctx, HEAD, "", *ten[:9], key="nine")).pictures) == 9
