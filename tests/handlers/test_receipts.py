"""Receipts: the six states with their reasons, live, and to nobody but the author."""

import io
import json

import pytest
from openpyxl import load_workbook

from domain.receipts import Receipt
from handlers import phrases
from handlers.receipts import bar_of
from services.deliveries import PUSH
from tests.domain.samples import a_binding
from tests.handlers.conftest import Village, bind, drawn
from tests.town import child_name, pupil, school_class
from tests.waiting import wait_until


async def _settled(village: Village, notice_id: str, count: int = 1) -> None:
    async def done() -> bool:
        deliveries = village.town.ctx.stores.database["deliveries"]
        query = {"notice_id": notice_id, "push": None}
        return bool(await deliveries.count_documents(query) == count)

    await wait_until(done, description="everything is sent")


async def test_each_child_stands_where_its_guardian_stands_with_the_reason(
    village: Village,
) -> None:
    father = village.town.phone("father", following=True)
    await bind(village.town, father, 2)
    await father.act("unfollow")
    notice = await village.publish()
    await _settled(village, notice.id, 2)
    path = f"/h5/teach/notices/{notice.id}"
    text = (await village.teacher.get(path)).text
    assert "还没有家长绑定" in text  # child 1
    assert "取消关注了公众号" in text  # child 2
    assert "已送达" in text  # child 3
    await village.mother.get(f"/h5/notices/{notice.id}")
    text = (await village.teacher.get(path)).text
    head = text.partition(f"<h3>{child_name(3)}</h3>")[2].partition("</div>")[0]
    assert "已读" in head


async def test_a_child_whose_guardian_came_after_the_notice_is_not_called_unbound(
    village: Village,
) -> None:
    notice = await village.publish()
    await _settled(village, notice.id)
    student = pupil(school_class(1), 1)[0]
    late = a_binding(
        id=f"{student.id}:late",
        student_id=student.id,
        person_id="late",
        contact_id=None,
        bound_at=village.town.ctx.now(),
    )
    await village.town.ctx.stores.bindings.save(late)  # as one who moved into the class
    text = (await village.teacher.get(f"/h5/teach/notices/{notice.id}")).text
    child = text.partition(f"<h3>{child_name(1)}</h3>")[2].partition("</section>")[0]
    assert "联系不上" in child
    assert "绑定在通知之后" in child
    assert "未绑定" not in child
    assert "未绑定 <b>1</b>" in text  # child 2


async def test_the_live_part_comes_only_when_it_has_changed(village: Village) -> None:
    notice = await village.publish()
    await _settled(village, notice.id)
    path = f"/h5/teach/notices/{notice.id}/live?class="
    first = (await village.teacher.get(path)).data
    assert "已送达" in first["html"]
    assert first["moving"] is False
    again = (await village.teacher.get(f"{path}&stamp={first['stamp']}")).data
    assert again == {"stamp": first["stamp"], "moving": False, "html": None}
    await village.mother.get(f"/h5/notices/{notice.id}")
    changed = (await village.teacher.get(f"{path}&stamp={first['stamp']}")).data
    assert changed["stamp"] != first["stamp"]
    assert "<b>1<small>/3</small></b>" in changed["html"]


async def test_while_nobody_is_written_down_yet_no_state_is_claimed(village: Village) -> None:
    await village.town.stop_worker()
    notice = await village.publish()
    page = await village.teacher.get(f"/h5/teach/notices/{notice.id}")
    assert "正在准备发送" in page.text
    assert "未绑定" not in page.text
    assert (await village.teacher.get(f"/h5/teach/notices/{notice.id}/live")).data["moving"]


async def test_what_is_on_its_way_is_shown_as_progress(village: Village) -> None:
    await village.teacher.get("/h5/")  # signed in while WeChat still answers
    village.town.faults(busy=True)
    notice = await village.publish()

    async def waits() -> bool:
        page = await village.teacher.get(f"/h5/teach/notices/{notice.id}/live")
        return "正在送出 0/1" in (page.data["html"] or "")

    await wait_until(waits, description=f"{PUSH} has tried and will try again")
    assert (await village.teacher.get(f"/h5/teach/notices/{notice.id}/live")).data["moving"]


async def test_every_attempt_at_one_guardian_is_in_the_ledger(village: Village) -> None:
    notice = await village.publish()
    await _settled(village, notice.id)
    page = await village.teacher.get(f"/h5/teach/notices/{notice.id}")
    link = page.text.partition('class="guardian" href="/as/teacher')[2].partition('"')[0]
    ledger = await village.teacher.get(link)
    assert ledger.status == 200
    assert "首次发送" in ledger.text
    assert "模板消息" in ledger.text
    assert "微信已接收" in ledger.text
    assert (await village.rival.get(link)).status == 404
    wrong = await village.teacher.get(link.rsplit("/", 1)[0] + "/nobody")
    assert wrong.status == 404


@pytest.mark.parametrize("path", ["", "/live", "/receipts.xlsx", "?class=nothing"])
async def test_others_find_no_receipts(village: Village, path: str) -> None:
    notice = await village.publish()
    await _settled(village, notice.id)
    for phone in (village.rival, village.mother, village.stranger):
        foreign = await phone.get(f"/h5/teach/notices/{notice.id}{path}")
        absent = await phone.get(f"/h5/teach/notices/nothing{path}")
        assert foreign.status == absent.status == 404
        assert foreign.text == absent.text
    if "nothing" in path:
        assert (await village.teacher.get(f"/h5/teach/notices/{notice.id}{path}")).status == 404


async def test_the_file_has_a_row_a_guardian_and_the_signature_in_its_cell(
    village: Village,
) -> None:
    notice = await village.publish(confirm="sign", title="签名：运动会")
    await _settled(village, notice.id)
    headers = {
        "X-CSRF-Token": await village.mother.csrf(),
        "Content-Type": "image/png",
        "Accept": "application/json",
    }
    url = village.mother.url(f"/h5/notices/{notice.id}/confirm?version=1")
    async with village.mother.client.post(url, data=drawn(), headers=headers) as answer:
        assert answer.status == 200
    url = village.teacher.url(f"/h5/teach/notices/{notice.id}/receipts.xlsx")
    await village.teacher.get("/h5/")
    async with village.teacher.client.get(url) as answer:
        assert answer.status == 200
        assert answer.headers["Content-Disposition"].startswith("attachment;")
        sheet = load_workbook(io.BytesIO(await answer.read()))["回执"]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)]
    assert [(row[2], row[4]) for row in rows] == [
        (child_name(1), "未绑定"),
        (child_name(2), "未绑定"),
        (child_name(3), "已确认"),
    ]
    pictures = sheet._images
    assert [picture.anchor._from.row for picture in pictures] == [3]


async def test_a_fault_of_ours_tells_a_stranger_nothing(
    village: Village, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    secret = "openid-of-somebody"

    async def broken(*_: object) -> None:
        raise RuntimeError(secret)

    monkeypatch.setattr("handlers.receipts.receipts_of", broken)
    await village.teacher.get("/h5/")
    page = await village.teacher.get("/h5/teach/notices/x?code=secret-code")
    assert page.status == 500
    assert "我们这边出了点问题" in page.text
    assert secret not in page.text
    assert "Traceback" not in page.text
    assert "RuntimeError" in caplog.text
    assert secret not in caplog.text
    assert "secret-code" not in caplog.text
    answer = await village.teacher.get("/h5/teach/notices/x", Accept="application/json")
    assert json.loads(answer.text)["error"]["code"] == "500"


async def test_a_refusal_is_not_logged_as_a_fault(
    village: Village, caplog: pytest.LogCaptureFixture
) -> None:
    await village.teacher.get("/h5/teach/notices/nothing")
    assert [record for record in caplog.records if record.levelname == "ERROR"] == []


def test_a_bar_is_as_long_as_all_its_parts() -> None:
    bar = bar_of([(Receipt.CONFIRMED, 1), (Receipt.READ, 0), (Receipt.DELIVERED, 2)])
    assert [what for what, _, _ in bar] == [Receipt.CONFIRMED, Receipt.DELIVERED]
    assert bar[0][1] == 0
    assert bar[1][1] == pytest.approx(bar[0][2])
    assert sum(width for _, _, width in bar) == pytest.approx(100, abs=0.01)
    assert bar_of([(Receipt.READ, 0)]) == []


def test_every_state_has_its_own_word() -> None:
    words = [phrases.receipt_name(state) for state in Receipt]
    assert words == ["已确认", "已读", "已送达", "已拒收", "联系不上", "未绑定"]
