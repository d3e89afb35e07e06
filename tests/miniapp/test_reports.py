"""A child's term of homework through the API: for its family alone, a few seconds after anything was handed in."""

from __future__ import annotations

import pytest

from tests.miniapp.conftest import Device
from tests.miniapp.test_homework import CLASS, form, subject_teacher
from tests.miniapp.village import Village
from tests.town import Town
from tests.waiting import wait_until

FIRST, SECOND = f"{CLASS.id}-0001", f"{CLASS.id}-0002"


@pytest.fixture
async def village(town: Town, device: Device) -> Village:
    return Village(town, device, await town.settle_school(children=2))


async def test_a_family_reads_its_childs_term_and_no_other(village: Village) -> None:
    teacher = await subject_teacher(village, "maths", "maths")
    mother, other = await village.guardian("mother", 1), await village.guardian("other", 2)
    said = form(village, hand_in="tick", minutes=25)
    made = await teacher.call("POST", "/teaching/homework", said, key="key-0001")
    handed_in = await mother.call(
        "POST", f"/homework/{made.data['id']}/children/{FIRST}", {}, key="give-001"
    )
    assert handed_in.status == 201, handed_in

    async def is_counted() -> bool:
        found = (await mother.call("GET", f"/children/{FIRST}/report")).data["figures"]
        return bool(found["homework"])

    await wait_until(is_counted, description="the homework in the report")
    report = (await mother.call("GET", f"/children/{FIRST}/report")).data
    figures = {
        "homework": 1,
        "minutes": 25,
        "to_hand_in": 1,
        "handed_in": 1,
        "on_time": 1,
        "returned": 0,
        "marked": 0,
    }
    assert report["figures"] == report["weeks"][-1]["figures"] == figures
    assert report["subjects"] == [
        {"subject": {"code": "maths", "name": "数学"}, "figures": figures}
    ]
    assert (report["term"], len(report["weeks"])) == ("", 20)
    mine = (await other.call("GET", f"/children/{SECOND}/report")).data
    assert mine["figures"] == figures | {"handed_in": 0, "on_time": 0}
    for mini, path in (
        (other, f"/children/{FIRST}/report"),
        (teacher, f"/children/{FIRST}/report"),
        (mother, "/children/nobody/report"),
        (mother, f"/children/{FIRST}/report?day=0001-01-01"),
        (mother, f"/children/{FIRST}/report?day=9999-12-31"),
    ):
        assert (await mini.call("GET", path)).status == 404, path
    assert (await mother.call("GET", f"/children/{FIRST}/report?day=soon")).status == 422
