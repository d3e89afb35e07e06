"""A school that talks at random, for `test_right_reader`: driven through the services, a model beside it.

The model knows who is bound to whom at this moment, in which class each child is, and what families said of pictures.
Whether somebody may read something it says; the program is asked only what it did, in two processes.
"""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Awaitable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from PIL import Image

from domain.bindings import Binding, BindingState, Custody, Ending, EndReason, binding_id
from domain.consent_texts import TEXTS, Purpose
from domain.consents import ConsentEvent, Decision
from domain.errors import InvalidError, NotFoundError
from domain.groups import class_group
from domain.messages import MessageState
from domain.schools import School, Student
from domain.threads import talk_id
from services.circles import open_topic, post_topic
from services.context import Context
from services.files import Owner, store_upload
from services.message_files import open_message_file
from services.messages import page_of_thread, send_message
from services.threads import open_child_thread
from services.work_files import open_of_topic
from tests.flows.asking import ADULTS, CHILDREN, HEADS, Asking
from tests.town import Town

MOST_TOPICS = 10  # of one person, who may post no more than some in an hour


@dataclass(frozen=True)
class Said:
    """Something with a picture: of a class (`child` None), about a child, or a topic that shows one."""

    place: str  # the thread, or the topic
    seq: int
    file_id: str
    group: int
    child: int | None = None
    is_topic: bool = False


@dataclass
class Talking(Asking):
    """`other` is another process over the same stores; `says`: what an adult last said of pictures of a child."""

    other: Context = field(kw_only=True)
    says: dict[tuple[int, int], bool] = field(default_factory=dict)
    said: list[Said] = field(default_factory=list)
    tries: Counter[int] = field(default_factory=Counter)

    async def _save(self, student: Student) -> None:
        await self.ctx.stores.schools.save_students([student])

    async def _write(self, who: int, child: int, state: BindingState, *, full: bool) -> None:
        student = self.students[child].id
        key = binding_id(student, self.adult(who))
        if state is BindingState.ENDED or (who, child) in self.bound:
            ending = Ending(at=self.ctx.now(), by=self.staff(HEADS), reason=EndReason.MOVED)
            assert await self.ctx.stores.bindings.end(key, ending)
        if state is BindingState.ENDED:
            return
        binding = Binding(
            id=key,
            school_id=self.school.id,
            student_id=student,
            person_id=self.adult(who),
            relation="妈妈",
            contact_id=None,
            state=state,
            bound_at=self.ctx.now(),
            custody=Custody.FULL if full else Custody.READ_ONLY,
        )
        assert await self.ctx.stores.bindings.save(binding, decided_at=self.ctx.now())

    async def agree(self, who: int, child: int, yes: bool) -> None:
        """An adult says whether the class may see pictures of a child."""
        await self.ctx.stores.consents.add(
            ConsentEvent(
                id=self.ctx.new_id(),
                school_id=self.school.id,
                person_id=self.adult(who),
                student_id=self.students[child].id,
                purpose=Purpose.CLASS_PHOTOS,
                version=TEXTS[Purpose.CLASS_PHOTOS].version,
                decision=Decision.YES if yes else Decision.NO,
                at=self.ctx.now(),
            )
        )
        self.says[who, child] = yes

    # ------------------------------------------------------------------------------- speaking

    async def _picture(self, head: int) -> str:
        made = io.BytesIO()
        Image.new("RGB", (8, 8), "orange").save(made, "PNG")
        owner = Owner(self.school.id, self.staff(head), "")
        return (await store_upload(self.ctx, owner, "1.png", made.getvalue())).id

    async def speak(self, head: int, child: int | None) -> None:
        """A head teacher sends a picture: to the class, or about a child of it."""
        if child is None:
            place = talk_id(class_group(self.classes[head].id))
        else:
            if self.groups[child] != head:
                return
            opened = open_child_thread(self.ctx, self.staff(head), self.students[child].id)
            place = (await opened).id
        file_id = await self._picture(head)
        form = {"kind": "picture", "file_ids": [file_id]}
        sent = await send_message(
            self.ctx, self.staff(head), place, form, key=f"key-of-{self.ctx.new_id()}"
        )
        assert sent.message is not None
        assert sent.message.state is MessageState.SENT
        self.said.append(Said(place, sent.message.seq, file_id, head, child))
        self.counts["said"] += 1

    async def show(self, child: int) -> None:
        """The head teacher posts a picture of a child; refused where the family does not agree."""
        head = self.groups[child]
        self.tries[head] += 1
        if self.tries[head] > MOST_TOPICS:
            return
        pictures = [(await self._picture(head), [self.students[child].id])]
        circle, key = class_group(self.classes[head].id), f"key-of-{self.ctx.new_id()}"
        posting = post_topic(self.ctx, self.staff(head), circle, "春游", pictures, key=key)
        try:
            shown = await posting
        except InvalidError:
            assert not self._agreed(child)
            self.counts["no consent"] += 1
            return
        assert self._agreed(child)
        self.said.append(Said(shown.topic.id, 0, pictures[0][0], head, child, is_topic=True))
        self.counts["shown"] += 1

    # -------------------------------------------------------------------------------- reading

    def _agreed(self, child: int) -> bool:
        full = [who for (who, held), full in self.bound.items() if held == child and full]
        answers = [self.says[who, child] for who in full if (who, child) in self.says]
        return any(answers) and all(answers)

    def _in_class(self, who: int, group: int) -> bool:
        return any(w == who and self.groups[child] == group for w, child in self.bound)

    def _may(self, who: int, said: Said, *, staff: bool) -> bool:
        """Whether somebody may see the picture now."""
        if said.is_topic or said.child is None:
            there = who == said.group if staff else self._in_class(who, said.group)
            return there and (not said.is_topic or self._agreed(said.child or 0))
        if staff:
            return who == said.group and self.groups[said.child] == said.group
        return self.bound.get((who, said.child), False)

    async def try_one(self, which: int) -> None:
        """Everybody tries one thing by its address, in both processes."""
        if not self.said:
            return
        said = self.said[which % len(self.said)]
        everybody = [(n, False) for n in range(ADULTS)] + [(n, True) for n in range(HEADS + 1)]
        for who, staff in everybody:
            person = self.staff(who) if staff else self.adult(who)
            may = self._may(who, said, staff=staff)
            for ctx in (self.ctx, self.other):
                assert await _opens(self._file(ctx, person, said)) is may, (who, staff, said)
            self.counts["opened" if may else "refused"] += 1
            if not said.is_topic:
                assert await _opens(page_of_thread(self.other, person, said.place)) is may
            elif not may and not await _opens(open_topic(self.other, person, said.place)):
                self.counts["no topic"] += 1

    @staticmethod
    def _file(ctx: Context, person: str, said: Said) -> Awaitable[object]:
        if said.is_topic:
            return open_of_topic(ctx, person, said.place, said.file_id)
        return open_message_file(ctx, person, said.place, said.seq, said.file_id)


async def _opens(reading: Awaitable[object]) -> bool:
    try:
        await reading
    except NotFoundError:
        return False
    return True


async def settle_talk(town: Town, other: Context, mark: int) -> Talking:
    """A school of its own in the town, that two processes serve; nothing runs by itself."""
    school = School(id=f"talking-{mark:04d}", name="青禾小学")

    async def nothing(
        name: str, payload: Mapping[str, Any], *, key: str, at: datetime | None = None
    ) -> None:
        """In place of the queue."""

    talking = Talking(
        replace(town.ctx, enqueue=nothing), school, other=replace(other, enqueue=nothing)
    )
    await talking.settle()
    assert len(talking.students) == CHILDREN
    return talking
