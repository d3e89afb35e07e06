"""A family whose names, numbers, signatures and files are found again wherever they lie: canaries.

Everything comes about as it does in a school: in the chat, on the pages, by jobs.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from domain.audit import OPERATOR
from domain.bindings import binding_id
from domain.files import FileKind, StoredFile
from domain.imports import Import, ImportState
from domain.names import folded_name
from domain.roles import Appointment, Role
from domain.schools import Contact, Roster, Student
from services.invitations import invite_class, scene_of
from services.notices import draft_notice, publish_notice, remind_unread
from services.people import Post, access_teaching, recognise
from tests.flows.canaries import (
    ABOUT,
    BROUGHT,
    CANARY,
    CHILDREN,
    CLASS,
    MISTAKE,
    MISTYPED,
    OTHER,
    SAID,
    SHARED,
    SIBLING,
    TOLD,
    TYPED,
    WORK,
    signature,
    student_id,
)
from tests.flows.giving import bring, hand_in, share, talk
from tests.town import SCHOOL, Phone, Town
from tests.waiting import wait_until


@dataclass
class Household:
    """The town with the family in it, and what is looked for afterwards."""

    town: Town
    teacher: Phone
    mother: Phone
    father: Phone
    other: Phone
    people: Mapping[str, str]  # key of a phone → person id
    notice_id: str
    files: dict[str, str]  # key of a phone → id of its family file

    def adult_canaries(self, key: str) -> dict[str, bytes]:
        """What nobody may find of an adult any more."""
        return {
            "openid": self.town.phones[key].user.openid.encode(),
            "person": self.people[key].encode(),
            "signature": (TOLD + key).encode(),
            "upload": (BROUGHT + key).encode(),
            "said": (SAID + key).encode(),
            "archive": self.files[key].encode(),
        }

    async def state(self, *keys: str) -> dict[tuple[str, str], list[Any]]:
        """What must not change of adults: bindings, deliveries, consents, files, who they are."""
        database = self.town.ctx.stores.database
        found: dict[tuple[str, str], list[Any]] = {}
        for key in keys:
            person = self.people[key]
            for name in ("bindings", "deliveries", "identities", "family_files", "consents"):
                documents = await database[name].find({"person_id": person}).to_list(None)
                found[key, name] = sorted(documents, key=lambda d: str(d["_id"]))
        return found


async def settle(town: Town) -> Household:
    """The whole story, up to the moment in which somebody wants to be erased."""
    teacher = await town.settle_school(children=1)
    await _write_list(town)
    mother, father, other = (town.phone(key) for key in ("mother", "father", "other"))
    await _bind(town, teacher, mother, father, other)
    people = {
        key: await recognise(town.ctx, town.phones[key].user.openid)
        for key in ("teacher", "mother", "father", "other")
    }
    notice_id = await _publish(town, teacher, [mother, father, other])
    for phone, child in ((mother, CANARY), (mother, SIBLING), (father, CANARY), (other, OTHER)):
        await _decide(phone, "class_photos", student_id(child))
        await _decide(phone, "service", student_id(child))
    await _decide(mother, "statistics", "")
    files = {
        phone.user.key: await take_home(town, phone, people[phone.user.key], child)
        for phone, child in ((mother, CANARY), (father, CANARY), (other, OTHER))
    }
    await hand_in(town, people["mother"])
    await talk(town, people)
    await share(town, people)
    for phone in (mother, father):
        await bring(town, people[phone.user.key], BROUGHT + phone.user.key)
        await phone.say("最新通知")
        await phone.say("我的孩子")
        await phone.say("解绑")  # a dialog that stands at a question
    return Household(town, teacher, mother, father, other, people, notice_id, files)


async def _write_list(town: Town) -> None:
    students, contacts = [], []
    for name, (number, adults) in CHILDREN.items():
        student = Student(
            id=student_id(name),
            school_id=SCHOOL.id,
            class_id=CLASS.id,
            name=name,
            number=number,
        )
        students.append(student)
        contacts += [
            Contact(
                id=f"{student.id}-{relation}",
                school_id=SCHOOL.id,
                class_id=CLASS.id,
                student_id=student.id,
                student_name=folded_name(name),
                phone_last4=digits,
                relation=relation,
            )
            for relation, digits in adults
        ]
    await town.ctx.stores.schools.save_roster(
        Roster(
            school=SCHOOL,
            classes=(CLASS,),
            students=tuple(students),
            contacts=tuple(contacts),
            appointments=(),
        )
    )


async def _bind(town: Town, teacher: Phone, mother: Phone, father: Phone, other: Phone) -> None:
    person = await recognise(town.ctx, teacher.user.openid)
    invitation = await invite_class(town.ctx, await access_teaching(town.ctx, person), CLASS.id)
    await mother.follow()
    await mother.say("绑定")
    await mother.say(f"{CANARY} {MISTYPED}")
    await mother.say(f"{CANARY} 7391")
    await mother.say(f"{SIBLING} 7391")
    await mother.act("scan", scene=scene_of(invitation))
    await mother.say(f"{OTHER} {TYPED}")
    await other.follow()
    await other.say(f"{OTHER} 8264")
    await father.follow()
    await father.say(f"{CANARY} 5512")
    page = (await mother.get("/h5/children")).text
    asked = re.search(r'children/requests".*?name="claim" value="([^"]+)"', page, re.DOTALL)
    assert asked, page[:2000]
    await mother.post("/h5/children/requests", {"claim": asked[1], "action": "approve"})
    assert CANARY in (await father.get("/h5/children")).text


async def _publish(town: Town, teacher: Phone, readers: list[Phone]) -> str:
    uploaded = await teacher.upload("春游.png", signature("teacher"))
    person = await recognise(town.ctx, teacher.user.openid)
    teaching = await access_teaching(town.ctx, person)
    draft = await draft_notice(
        town.ctx,
        teaching,
        {"title": "春游报名", "body": "周五春游，请签名。", "confirm": "sign"},
        class_ids=[CLASS.id],
        file_ids=[uploaded.data["id"]],
        links=[],
    )
    notice = await publish_notice(town.ctx, teaching, draft, idempotency_key="spring")
    await wait_until(
        lambda: all(phone.cards for phone in readers), description="the cards of the notice"
    )
    await remind_unread(town.ctx, teaching, notice.id, number=1)
    await _come_to_rest(town, notice.id)
    for phone in readers:
        await phone.get(f"/h5/notices/{notice.id}")
        done = await phone._request(
            "POST",
            f"/h5/notices/{notice.id}/confirm?version=1",
            data=signature(phone.user.key),
            headers={
                "X-CSRF-Token": await phone.csrf(),
                "Content-Type": "image/png",
                "Accept": "application/json",
            },
        )
        assert done.status == 200, done.text
    await teacher.get(f"/h5/teach/notices/{notice.id}/receipts.xlsx")
    return notice.id


async def _come_to_rest(town: Town, notice_id: str) -> None:
    """Until everything is sent and WeChat has reported about it."""
    database = town.ctx.stores.database

    async def at_rest() -> bool:
        waiting = {"notice_id": notice_id, "push": {"$ne": None}}
        notice = await database["notices"].find_one({"_id": notice_id})
        left = await database["deliveries"].count_documents(waiting)
        return bool(notice["work"] == [] and left == 0)

    await wait_until(at_rest, description="everything is sent")
    await town.simulator.courier.settle()


async def _decide(phone: Phone, purpose: str, student: str) -> None:
    form = {"purpose": purpose, "student": student, "decision": "yes", "version": "1"}
    assert (await phone.post("/h5/consents", form)).status == 200


async def take_home(town: Town, phone: Phone, person: str, child: str) -> str:
    """Ask for a family file, wait until it is made, fetch it; returns the id of its bytes."""
    await phone.post(f"/h5/children/{student_id(child)}/file")

    async def made() -> Any:
        held = await town.ctx.stores.family_files.of_person(person)
        return held and held[0].file_id and held[0]

    file = await wait_until(made, description="the family file is made")
    fetched = await phone.get(f"/h5/me/files/{file.id}")
    assert fetched.status == 200
    return str(file.file_id)


def office(person: str) -> Post:
    """Somebody who may erase a child of the school."""
    appointment = Appointment(
        id="school-a:school_admin:boss",
        person_id=person,
        role=Role.SCHOOL_ADMIN,
        name="校长",
        school_id=SCHOOL.id,
    )
    return Post(person, (appointment,), school=SCHOOL)


async def hand_in_list(town: Town) -> None:
    """A list with every child was handed in at the desk and taken in; file and pages are still there."""
    stores, at = town.ctx.stores, town.ctx.now()
    content = "\n".join(CHILDREN).encode()
    file = StoredFile(
        id="list-file",
        school_id=SCHOOL.id,
        owner_id="office",
        kind=FileKind.ROSTER,
        name="名册.csv",
        content_type="text/csv",
        size_bytes=len(content),
        created_at=at,
    )
    await stores.files.add(file, content)
    await stores.imports.add(
        Import(
            id="import-1",
            school_id=SCHOOL.id,
            actor=OPERATOR,
            by="office",
            file_id=file.id,
            file_name=file.name,
            file_hash="",
            created_at=at,
            touched_at=at,
            state=ImportState.DONE,
            is_open=False,
            without=(student_id(CANARY),),
        )
    )
    page = {"_id": "page-1", "school_id": SCHOOL.id, "import_id": "import-1", "names": [CANARY]}
    await stores.database["import_pages"].insert_one(page)


async def leave_school(town: Town, child: str, at: datetime) -> None:
    """The child is on the list no more."""
    await town.ctx.stores.database["students"].update_one(
        {"_id": student_id(child)}, {"$set": {"left_at": at}}
    )


def child_canaries(household: Household, child: str) -> dict[str, bytes]:
    """What nobody may find of a child any more; ids of its bindings and deliveries hold its own."""
    return {
        "name": child.encode(),
        "id": student_id(child).encode(),
        "binding": binding_id(student_id(child), household.people["mother"]).encode(),
        "line": f"{student_id(child)}-".encode(),
        "digits": b"5512",
        "signature": (TOLD + "father").encode(),
        "upload": (BROUGHT + "father").encode(),
        "work": WORK.encode(),
        "mistake": MISTAKE.encode(),
        "shared": SHARED.encode(),
        "about": ABOUT.encode(),
        "archive": household.files["father"].encode(),
    }
