"""Files: judged before they are stored, and given out only to who may see them now."""

import io
import re
from collections.abc import AsyncIterator
from urllib.parse import unquote

import pytest

from domain.files import MAX_FILE_BYTES
from services.files import Owner, store_upload
from services.notices import withdraw_notice
from tests.domain.samples import an_ending
from tests.handlers.conftest import PDF, Village, drawn, photograph
from tests.recordings import mp3, mp4
from tests.town import Phone
from tests.waiting import wait_until


async def _stored(village: Village) -> int:
    return await village.count("files") + await village.count("blobs.files")


async def _send(
    village: Village,
    body: object,
    headers: dict[str, str] | None = None,
    *,
    phone: Phone | None = None,
) -> tuple[int, str]:
    phone = phone or village.teacher
    sent = {"X-CSRF-Token": await phone.csrf(), "Accept": "application/json", **(headers or {})}
    async with phone.client.post(phone.url("/h5/teach/files"), data=body, headers=sent) as answer:
        return answer.status, await answer.text()


async def test_a_picture_and_a_document_are_taken_under_their_own_names(village: Village) -> None:
    answer = await village.teacher.upload("操场 照片.png", photograph())
    assert answer.status == 201
    assert answer.data["kind"] == "picture"
    assert answer.data["name"] == "操场 照片.jpg"
    answer = await village.teacher.upload("../../etc/报名表.exe", PDF)
    assert answer.status == 201
    assert (answer.data["kind"], answer.data["name"]) == ("document", "报名表.pdf")
    shown = await village.teacher.get(f"/h5/teach/files/{answer.data['id']}")
    assert shown.status == 200
    for other in (village.rival, village.mother):
        assert (await other.get(f"/h5/teach/files/{answer.data['id']}")).status == 404


async def test_a_voice_and_a_film_are_played_where_a_family_reads(village: Village) -> None:
    ids = []
    for name, content in (("听一听.mp3", mp3()), ("看一看.mp4", mp4()), ("报名表.pdf", PDF)):
        ids.append((await village.teacher.upload(name, content)).data["id"])
    notice = await village.publish(files=tuple(ids))
    voice, film, paper = (f"/h5/notices/{notice.id}/files/{file_id}" for file_id in ids)

    async def page() -> str:
        return (await village.mother.get(f"/h5/notices/{notice.id}")).text

    async def is_there() -> bool:
        return "听一听.mp3" in await page()

    await wait_until(is_there, description="the notice is delivered")
    for text in (await page(), (await village.teacher.get(f"/h5/teach/notices/{notice.id}")).text):
        assert re.search(rf'<audio controls [^>]*src="[^"]*{voice}"', text)
        assert re.search(rf'<video controls [^>]*src="[^"]*{film}"', text)
        assert re.search(rf'<a class="file" href="[^"]*{paper}" download', text)
    for path, kind in ((voice, "audio/mpeg"), (film, "video/mp4")):
        answer = await village.mother.get(path)
        assert answer.headers["Content-Type"] == kind
        assert answer.headers["Accept-Ranges"] == "bytes"


async def test_a_file_that_says_it_is_too_large_is_refused_before_it_is_read(
    village: Village,
) -> None:
    status, text = await _send(village, io.BytesIO(photograph() + b"\0" * MAX_FILE_BYTES))
    assert status == 413
    assert "50 MB" in text
    assert await _stored(village) == 0


async def test_a_file_that_does_not_say_how_large_it_is_is_refused_all_the_same(
    village: Village,
) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        yield photograph()
        for _ in range(MAX_FILE_BYTES // 1_000_000 + 1):
            yield b"\0" * 1_000_000

    status, text = await _send(village, pieces())
    assert status == 413
    assert "50 MB" in text
    assert await _stored(village) == 0


async def test_the_largest_file_that_is_allowed_is_taken(village: Village) -> None:
    status, _ = await _send(village, io.BytesIO(PDF + b"\n" * (MAX_FILE_BYTES - len(PDF))))
    assert status == 201


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (b"", 422),
        (b"MZ\x90\0\x03", 415),
        (b"<html><script>alert(1)</script></html>", 415),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", 415),
        (b"just words", 415),
    ],
)
async def test_what_is_not_of_a_kind_we_take_is_not_stored(
    village: Village, content: bytes, status: int
) -> None:
    got, text = await _send(village, content, {"X-File-Name": "photo.jpg"})
    assert got == status
    assert '"code"' in text
    assert await _stored(village) == 0


async def test_without_the_token_or_the_office_nothing_is_stored(village: Village) -> None:
    status, _ = await _send(village, photograph(), {"X-CSRF-Token": "guessed"})
    assert status == 403
    status, _ = await _send(village, photograph(), phone=village.mother)
    assert status == 404
    assert await _stored(village) == 0


async def test_a_name_that_is_no_text_is_refused(village: Village) -> None:
    status, _ = await _send(village, photograph(), {"X-File-Name": "%ff%fe"})
    assert status == 400
    assert await _stored(village) == 0


async def _attached(village: Village, name: str, content: bytes) -> str:
    """A notice with this file, delivered to the mother; the file's path."""
    file = await store_upload(village.town.ctx, Owner.of(await village.teaching()), name, content)
    notice = await village.publish(files=(file.id,))

    async def there() -> bool:
        return await village.count("deliveries") > 0

    await wait_until(there, description="the notice is delivered")
    return f"/h5/notices/{notice.id}/files/{file.id}"


async def test_a_document_is_a_download_under_its_true_name(village: Village) -> None:
    path = await _attached(village, "报名表 (三年级).pdf", PDF)
    async with village.mother.client.get(village.mother.url(path)) as answer:
        assert answer.status == 200
        assert await answer.read() == PDF
        disposition = answer.headers["Content-Disposition"]
        assert disposition.startswith("attachment; filename=\"file.pdf\"; filename*=UTF-8''")
        assert unquote(disposition.partition("''")[2]) == "报名表 (三年级).pdf"
        assert answer.headers["Content-Type"] == "application/pdf"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cache-Control"] == "no-store"


async def test_a_picture_is_shown_in_place(village: Village) -> None:
    path = await _attached(village, "a.jpg", photograph())
    for phone in (village.mother, village.teacher):
        async with phone.client.get(phone.url(path)) as answer:
            assert answer.status == 200
            assert answer.headers["Content-Type"] == "image/jpeg"
            assert answer.headers["Content-Disposition"].startswith("inline;")
            assert await answer.read() == photograph()


async def test_others_find_no_file_and_see_no_difference_to_one_that_is_absent(
    village: Village,
) -> None:
    path = await _attached(village, "a.pdf", PDF)
    folder = path.rsplit("/", 1)[0]
    for phone in (village.stranger, village.rival):
        foreign, absent = await phone.get(path), await phone.get(f"{folder}/nothing")
        assert foreign.status == absent.status == 404
        assert foreign.text == absent.text
    assert (await village.mother.get(f"{folder}/nothing")).status == 404


async def test_a_file_of_another_notice_is_not_found_through_ones_own(village: Village) -> None:
    teaching = await village.teaching(village.rival)
    foreign = await store_upload(village.town.ctx, Owner.of(teaching), "a.png", drawn())
    path = await _attached(village, "a.pdf", PDF)
    page = await village.mother.get(f"{path.rsplit('/', 1)[0]}/{foreign.id}")
    assert page.status == 404


async def test_the_file_goes_with_the_binding_and_with_the_notice(village: Village) -> None:
    path = await _attached(village, "a.pdf", PDF)
    notice_id = path.split("/")[3]
    await withdraw_notice(village.town.ctx, await village.teaching(), notice_id)
    assert (await village.mother.get(path)).status == 404
    assert (await village.teacher.get(path)).status == 200


async def test_whose_binding_has_ended_gets_no_file(village: Village) -> None:
    path = await _attached(village, "a.pdf", PDF)
    assert (await village.mother.get(path)).status == 200
    stores = village.town.ctx.stores
    for binding in await stores.bindings.active_of_person(await village.person(village.mother)):
        await stores.bindings.end(binding.id, an_ending(at=village.town.ctx.now()))
    assert (await village.mother.get(path)).status == 404
