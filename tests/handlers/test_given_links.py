"""A shelf's link that hangs on a homework: chosen on the form, opened by families, counted and never by whom."""

from __future__ import annotations

import re

import pytest

from domain.times import SCHOOL_ZONE
from services.people import access_teaching, recognise
from services.shelves import class_shelf
from tests.miniapp.conftest import town as town
from tests.shelving import hang
from tests.town import Phone, Town, child_name, school_class
from tests.waiting import wait_until

CLASS = school_class(1)


async def setting(town: Town, children: int) -> tuple[Phone, Phone, str]:
    """A teacher, a mother of the class, and the address of a link on the class's shelf."""
    teacher = await town.settle_school(children=children)
    mother = town.phone("mother", following=True)
    await town.settle_guardian("mother", 1)
    entry = await hang(town.ctx)
    return teacher, mother, f"{town.ctx.policy.public_url}/l/{entry.id}"


async def teacher_id(town: Town) -> str:
    """Whoever `settle_school` makes head teacher."""
    return await recognise(town.ctx, town.phone("teacher").user.openid)


async def give(town: Town, teacher: Phone, address: str) -> str:
    """Set a homework with it as a page does; returns its id."""
    page = (await teacher.get("/h5/teach/homework/new")).text
    assert f'type="checkbox" name="links" value="{address}"' in page
    assert "阳光体育" in page
    day = str(town.ctx.now().astimezone(SCHOOL_ZONE).date())
    form = {"key": "key-of-the-form-1", "class_ids": CLASS.id, "subject": "maths", "text": "跳绳"}
    form |= {"minutes": "10", "day": day, "hand_in": "nothing", "when": "now", "links": address}
    sent = await teacher.post("/h5/teach/homework/new", list(form.items()))
    assert sent.status == 200
    return sent.url.partition("?")[0].rpartition("/")[2]


@pytest.mark.parametrize(("children", "said"), [(6, "学生和家长打开 2 次"), (3, "人数少")])
async def test_its_teacher_sees_that_it_was_used_and_not_by_whom(
    town: Town, children: int, said: str
) -> None:
    teacher, mother, address = await setting(town, children)
    homework_id = await give(town, teacher, address)
    own = f"/h5/teach/homework/{homework_id}"

    async def told() -> str:
        page = await mother.get(f"/h5/notices/{homework_id}")
        return page.text if page.status == 200 else ""

    opened = await wait_until(told, description="the family is told")
    found = re.search(re.escape(address) + r"\?v=\w{5}", opened)
    assert found is not None
    # Families and the teacher read what it is called, not an address alone.
    assert '<span class="file-name">阳光体育</span>' in opened
    assert '<span class="file-name">阳光体育</span>' in (await teacher.get(own)).text
    receipts = (await teacher.get(f"/h5/teach/notices/{homework_id}")).text
    assert '<span class="file-name">阳光体育</span>' in receipts
    before = (await teacher.get(own)).text
    assert "打开 0 次" in before or said == "人数少"
    for _ in range(2):
        path = found[0].removeprefix(town.ctx.policy.public_url)
        async with mother.client.get(town.base + path, allow_redirects=False) as answer:
            assert answer.status == 302
    await town.ctx.links.write(town.ctx)
    page = (await teacher.get(own)).text
    assert said in page
    assert child_name(1) not in page
    # The form comes back with it chosen.
    edit = (await teacher.get(f"{own}/edit")).text
    assert f'value="{address}" checked' in edit


async def test_a_form_offers_the_shelf_of_the_class_it_is_for(town: Town) -> None:
    teacher = await town.settle_school(children=6, classes=2)
    second = class_shelf(
        await access_teaching(town.ctx, await teacher_id(town)), school_class(2).id
    )
    entry = await hang(town.ctx, second, title="二班的口算")
    box = f'name="links" value="{town.ctx.policy.public_url}/l/{entry.id}"'
    form = [("key", "key-of-the-form-2"), ("class_ids", school_class(2).id), ("subject", "maths")]
    form += [("text", ""), ("minutes", "10"), ("hand_in", "nothing"), ("when", "now")]
    assert box not in (await teacher.get("/h5/teach/homework/new")).text  # the first class's
    # It comes back with what is missing, and with what its own class has.
    sent = await teacher.post("/h5/teach/homework/new", form)
    assert (sent.status, box in sent.text) == (422, True)
