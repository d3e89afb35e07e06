"""What a family gives a school: words, pictures, homework, a part in the virtual class. Each says whose it is."""

from __future__ import annotations

import zlib
from collections.abc import Mapping

from domain.groups import GroupRules, Mode, class_group
from domain.messages import Mark
from domain.submissions import submission_id
from domain.threads import talk_id
from domain.uploads import PIECE_BYTES
from services.circle_comments import say_comment
from services.circles import like_topic, open_topic, post_topic, topics_page
from services.files import access_owner, attach, store_upload
from services.messages import count_message, mark_read, send_message
from services.threads import open_child_thread
from services.uploads import begin_upload, take_piece
from tests.domain.tasklist_samples import (
    a_comment,
    a_group,
    a_piece,
    a_question,
    a_taskwork,
    study_groups,
)
from tests.domain.work_samples import a_mark, a_mistake, a_submission, a_version
from tests.flows.canaries import (
    ABOUT,
    CANARY,
    CLASS,
    MISTAKE,
    SAID,
    SHARED,
    SIBLING,
    WORK,
    signature,
    student_id,
)
from tests.town import SCHOOL, Town


async def talk(town: Town, people: Mapping[str, str]) -> None:
    """What the family says in the class, and with the teacher about the child."""
    ctx, group_id = town.ctx, class_group(CLASS.id)
    rules = GroupRules(id=SCHOOL.id, modes=((group_id, Mode.OPEN),), version=1)
    assert await ctx.stores.groups.change_rules(rules)
    about = await open_child_thread(ctx, people["teacher"], student_id(CANARY))
    for key in ("mother", "father", "other"):
        for thread_id in [talk_id(group_id), *([about.id] if key != "other" else [])]:
            form = {"kind": "text", "text": SAID + key}
            await send_message(ctx, people[key], thread_id, form, key=f"key-of-{key}")
            await mark_read(ctx, people[key], thread_id, 1)
    form = {"kind": "text", "text": ABOUT}
    await send_message(ctx, people["teacher"], about.id, form, key="key-of-teacher")
    await count_message(ctx, people["mother"], talk_id(group_id), 2, Mark.GOT)


async def share(town: Town, people: Mapping[str, str]) -> None:
    """What the family puts into the class's circle, and pictures of the child there."""
    ctx, circle_id = town.ctx, class_group(CLASS.id)
    for key in ("teacher", "mother"):
        child = "" if key == "teacher" else student_id(CANARY)
        owner = await access_owner(ctx, people[key], child)
        picture = await store_upload(ctx, owner, f"{CANARY}.png", signature("teacher"))
        pictures = [(picture.id, [student_id(CANARY)])]
        await post_topic(ctx, people[key], circle_id, SAID + key, pictures, key="key-of-topic")
    (topic,) = (await topics_page(ctx, people["other"], circle_id)).topics
    for key in ("mother", "father", "other"):
        await open_topic(ctx, people[key], topic.topic.id)
        await like_topic(ctx, people[key], topic.topic.id, liked=True)
        await say_comment(ctx, people[key], topic.topic.id, SAID + key, key="key-of-comment")


async def hand_in(town: Town, person_id: str) -> None:
    """Something of the child's that its teacher has marked, and an entry in its mistakes book."""
    owner, stores = await access_owner(town.ctx, person_id, student_id(CANARY)), town.ctx.stores
    work = await store_upload(town.ctx, owner, "作业.pdf", b"%PDF-1.7\n" + WORK.encode())
    version = a_version(
        text=WORK, files=await attach(town.ctx, [work], "submissions:homework-1:child")
    )
    belongs = {"school_id": SCHOOL.id, "class_id": CLASS.id, "student_id": student_id(CANARY)}
    await stores.submissions.insert(
        a_submission(
            id=submission_id("homework-1", student_id(CANARY)),
            versions=(version,),
            marks=(a_mark(comment=WORK),),
            **belongs,
        )
    )
    del belongs["class_id"]
    await stores.mistakes.insert(a_mistake(note=MISTAKE, **belongs))
    await _join_in(town, person_id)


async def _join_in(town: Town, person_id: str) -> None:
    """The child's part in the virtual class, and what another family said to it."""
    owner, stores = await access_owner(town.ctx, person_id, student_id(CANARY)), town.ctx.stores
    picture = await store_upload(town.ctx, owner, "读书.pdf", b"%PDF-1.7\n" + SHARED.encode())
    belongs = {"school_id": SCHOOL.id, "class_id": CLASS.id, "student_id": student_id(CANARY)}
    piece = a_piece(text=SHARED, files=await attach(town.ctx, [picture], "taskworks:list-1:c"))
    await stores.taskworks.mark_changed(a_taskwork(id="list-1:c", pieces=(piece,), **belongs))
    members = (student_id(CANARY), student_id(SIBLING))
    await stores.study_groups.mark_changed(
        study_groups(a_group(student_ids=members), school_id=SCHOOL.id)
    )
    await stores.remarks.add_comment(a_comment(id="to", text=SHARED, **belongs))
    said = {**belongs, "student_id": "another", "author_id": student_id(CANARY)}
    await stores.remarks.add_comment(a_comment(id="by", text=SHARED, **said))
    await stores.remarks.add_question(a_question(text=SHARED, **belongs))


async def bring(town: Town, person_id: str, words: str) -> None:
    """A file for the child that is handed in nowhere yet, and half of another one."""
    owner = await access_owner(town.ctx, person_id, student_id(CANARY))
    await store_upload(town.ctx, owner, f"{words}.pdf", b"%PDF-1.7\n" + words.encode())
    upload = await begin_upload(town.ctx, owner, name=words, size_bytes=PIECE_BYTES + 1)
    piece = words.encode().ljust(PIECE_BYTES, b"\0")
    await take_piece(town.ctx, upload, 0, piece, crc32=f"{zlib.crc32(piece):08x}")
