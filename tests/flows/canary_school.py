"""A school in which everything has happened, and everything of it says so: canaries."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from domain.answers import Value, answer_id
from domain.groups import class_group
from domain.names import folded_name
from domain.practice import Practice
from domain.regions import Region, RegionLevel
from domain.resource_steps import allow
from domain.resources import By, Rung, Tier
from domain.roles import Appointment, Role
from domain.schools import Contact, Roster, School, SchoolClass, Student
from domain.submissions import submission_id
from domain.taskworks import taskwork_id
from domain.threads import talk_id
from domain.times import list_position
from services.bindings import bind_guardian
from services.circle_comments import say_comment
from services.circles import post_topic
from services.messages import send_message
from services.people import note_follow, recognise
from services.threads import open_child_thread
from tests.desk import appoint_at
from tests.domain.asked_samples import (
    a_holder,
    a_leave,
    an_activity,
    an_answer,
    an_answered_version,
    slots,
    some_seats,
)
from tests.domain.resource_samples import a_content, a_part, a_resource
from tests.domain.tasklist_samples import (
    a_comment,
    a_group,
    a_piece,
    a_question,
    a_tasklist,
    a_taskwork,
    study_groups,
)
from tests.domain.work_samples import a_mistake, a_submission, a_version
from tests.handlers.conftest import drawn, notice_form, photograph
from tests.town import Phone, Town
from tests.waiting import wait_until

# What no page, file or answer may show to anybody of another school. The ids are known to who tries them.
NAMED = ("金丝雀",)
MARKS = (*NAMED, "canary")
DISTRICT = Region(
    id="canary-district",
    level=RegionLevel.DISTRICT,
    name="金丝雀区",
    region_ids=("canary-district",),
)
SCHOOL = School(id="canary-school", name="金丝雀小学", region_ids=("canary-district",))
CLASS = SchoolClass(id="canary-class", school_id=SCHOOL.id, name="金丝雀班", grade=3)
NAMES = "零甲乙"
CHILDREN = [
    Student(
        id=f"canary-child-{n}",
        school_id=SCHOOL.id,
        class_id=CLASS.id,
        name=f"金丝雀{NAMES[n]}",
        number=n,
    )
    for n in (1, 2)
]
LINES = [
    Contact(
        id=f"canary-line-{child.number}-{digits}",
        school_id=SCHOOL.id,
        class_id=CLASS.id,
        student_id=child.id,
        student_name=folded_name(child.name),
        phone_last4=digits,
        relation="妈妈",
        quarantine=digits == "4444",
    )
    for child, digits in ((CHILDREN[0], "1111"), (CHILDREN[0], "2222"), (CHILDREN[1], "4444"))
]


async def settle(town: Town) -> tuple[Phone, Phone]:
    """A school in which everything has happened: its administrator (head teacher too) and a mother."""
    await town.ctx.stores.regions.save(DISTRICT)
    admin = await appoint_at(town, "canary-admin", SCHOOL, Role.SCHOOL_ADMIN, name="金丝雀主任")
    person = await recognise(town.ctx, admin.user.openid)
    head = Appointment(
        id="canary-post",
        person_id=person,
        role=Role.HEAD_TEACHER,
        name="金丝雀老师",
        school_id=SCHOOL.id,
        class_id=CLASS.id,
    )
    await town.ctx.stores.schools.save_roster(
        Roster(
            school=SCHOOL,
            classes=(CLASS,),
            students=tuple(CHILDREN),
            contacts=tuple(LINES),
            appointments=(head,),
        )
    )
    mother, father = (town.phone(key, following=True) for key in ("mother", "father"))
    for phone, digits in ((mother, "1111"), (father, "2222")):
        guardian = await recognise(town.ctx, phone.user.openid)
        await note_follow(town.ctx, phone.user.openid, following=True)
        await bind_guardian(town.ctx, guardian, f"金丝雀甲 {digits}")
    picture = await admin.upload("canary.jpg", photograph())
    await admin.post(
        "/h5/teach/notices/new",
        notice_form(
            title="金丝雀运动会",
            class_ids=[CLASS.id],
            confirm="sign",
            file_ids=[picture.data["id"]],
        ),
    )
    await wait_until(lambda: mother.cards, description="the notice's card")
    notice_id = mother.cards[0]["url"].partition("/h5/notices/")[2].partition("?")[0]
    await mother.get(f"/h5/notices/{notice_id}")
    signed = await mother._request(
        "POST",
        f"/h5/notices/{notice_id}/confirm?version=1",
        data=drawn(),
        headers={"X-CSRF-Token": await mother.csrf(), "Content-Type": "image/png"},
    )
    assert signed.status == 200
    belongs = {"school_id": SCHOOL.id, "student_id": CHILDREN[0].id}
    words = a_version(text="金丝雀写的作业")
    await town.ctx.stores.submissions.insert(
        a_submission(
            id=submission_id("canary-homework", CHILDREN[0].id),
            homework_id="canary-homework",
            class_id=CLASS.id,
            versions=(words,),
            **belongs,
        )
    )
    await town.ctx.stores.mistakes.insert(
        a_mistake(id="canary-mistake", note="金丝雀错的题", **belongs)
    )
    await town.ctx.stores.practice.insert(
        Practice(
            id="canary-practice",
            school_id=SCHOOL.id,
            class_id=CLASS.id,
            subject="maths",
            point="金丝雀",
            title="金丝雀的练习",
            address="https://basic.smartedu.cn/",
            created_at=town.ctx.now(),
        )
    )
    await settle_tasklist(town)
    await settle_activity(town, person)
    await settle_resource(town, picture.data["id"])
    thread = await open_child_thread(town.ctx, person, CHILDREN[0].id)
    guardian = await recognise(town.ctx, mother.user.openid)
    for who, thread_id in ((person, talk_id(class_group(CLASS.id))), (guardian, thread.id)):
        form = {"kind": "text", "text": "金丝雀说的话"}
        await send_message(town.ctx, who, thread_id, form, key="key-of-talk")
    topic = (
        await post_topic(town.ctx, person, class_group(CLASS.id), "金丝雀的话题", [], key="k")
    ).topic
    await say_comment(town.ctx, guardian, topic.id, "金丝雀的评论", key="k")
    await admin.get("/h5/teach/invite")
    await mother.post(f"/h5/children/{CHILDREN[0].id}/file")
    await mother.post(
        "/h5/consents",
        {"purpose": "class_photos", "decision": "yes", "student": CHILDREN[0].id, "version": "1"},
    )
    return admin, mother


async def settle_tasklist(town: Town) -> None:
    """A task list of the virtual class, with everything that may be on it."""
    stores, at = town.ctx.stores, {"school_id": SCHOOL.id, "class_id": CLASS.id}
    now, days = town.ctx.now(), timedelta(days=1)
    await stores.tasklists.insert(
        a_tasklist(
            id="canary-list",
            title="金丝雀清单",
            opens_at=now - days,
            closes_at=now + days,
            untold_since=None,
            **at,
        )
    )
    whose = {**at, "list_id": "canary-list", "student_id": CHILDREN[0].id}
    piece = a_piece(id="canary-piece", text="金丝雀读的书")
    work_id = taskwork_id("canary-list", CHILDREN[0].id)
    await stores.taskworks.mark_changed(a_taskwork(id=work_id, pieces=(piece,), **whose))
    group = a_group(name="金丝雀组", student_ids=tuple(c.id for c in CHILDREN))
    await stores.study_groups.mark_changed(study_groups(group, **{**at, "id": "canary-list"}))
    said = {"id": "canary-comment", "piece_id": piece.id, "author_id": CHILDREN[1].id}
    await stores.remarks.add_comment(a_comment(text="金丝雀真棒", **said, **whose))
    await stores.remarks.add_question(
        a_question(
            id="canary-question",
            text="金丝雀的问题",
            answer="金丝雀的答案",
            answered_at=now,
            shown_at=now,
            **whose,
        )
    )


async def settle_activity(town: Town, author_id: str) -> None:
    """An activity with places, answered for a child that is on leave."""
    stores, now = town.ctx.stores, town.ctx.now()
    at = {"school_id": SCHOOL.id, "id": "canary-activity"}
    question = replace(slots(2), text="金丝雀去不去？")
    await stores.activities.insert(
        an_activity(
            question,
            title="金丝雀的活动",
            class_ids=(CLASS.id,),
            author_id=author_id,
            position=list_position(now, "canary-activity"),
            closes_at=now + timedelta(days=1),
            **at,
        )
    )
    whose = {"class_id": CLASS.id, "student_id": CHILDREN[0].id}
    said = an_answered_version(values=(Value(question_id="q1", text="金丝雀想去"),))
    key = answer_id("canary-activity", CHILDREN[0].id)
    await stores.answers.insert(
        an_answer(
            **whose,
            id=key,
            school_id=SCHOOL.id,
            activity_id="canary-activity",
            versions=(said,),
        )
    )
    await stores.seats.ensure(some_seats(2, holders=(a_holder(CHILDREN[0].id),), **at))
    await stores.leaves.add(
        a_leave(id="canary-leave", school_id=SCHOOL.id, reason="金丝雀发烧", **whose)
    )


async def settle_resource(town: Town, file_id: str) -> None:
    """A resource in the school's library, which somebody has opened; it waits at the district."""
    content = a_content(title="金丝雀的教案", parts=(a_part(file_id=file_id, name="金丝雀.jpg"),))
    made = a_resource(
        resource_id="canary-resource",
        school_id=SCHOOL.id,
        author=By("canary-author", "金丝雀老师"),
        content=content,
        at=town.ctx.now(),
    )
    here, above = Rung(Tier.SCHOOL, SCHOOL.id), Rung(Tier.DISTRICT, DISTRICT.id)
    by = By("canary-reviewer", "金丝雀主任")
    await town.ctx.stores.resources.add(allow(made, here, by=by, at=town.ctx.now(), above=above))
    await town.ctx.stores.resources.note_opened(made.id, "canary-reader", town.ctx.now())
