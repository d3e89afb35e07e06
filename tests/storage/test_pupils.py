"""Pupils by the beginning of a name and by class: never another school's, those who left only where asked for."""

from __future__ import annotations

from storage.stores import Stores
from tests.domain.samples import NOW, a_binding, a_contact, a_student

NAMES = {"a": "李小明", "b": "李 小红", "c": "Li Ming", "d": "小明", "e": "李小明"}


async def settle(stores: Stores) -> None:
    pupils = [
        a_student(id=key, name=name, number=9 - n) for n, (key, name) in enumerate(NAMES.items())
    ]
    others = [
        a_student(id="left", name="李小兰", left_at=NOW),
        a_student(id="away", name="李小明", school_id="school-b"),
    ]
    await stores.schools.save_students([*pupils, *others])


async def test_names_by_their_beginning(stores: Stores) -> None:
    await settle(stores)

    async def named(beginning: str, limit: int = 20) -> list[str]:
        found = await stores.pupils.named("school-a", beginning, limit)
        return sorted(s.id for s in found)

    assert await named("李") == ["a", "b", "e", "left"]
    assert await named("李小红") == ["b"]
    assert await named("li") == ["c"]
    assert await named("明") == []
    assert len(await named("李", 2)) == 2


async def test_another_name_is_found_and_the_old_one_no_more(stores: Stores) -> None:
    await settle(stores)
    await stores.schools.save_students([a_student(id="a", name="欧阳雨")])
    assert [s.id for s in await stores.pupils.named("school-a", "欧阳", 9)] == ["a"]
    assert "a" not in {s.id for s in await stores.pupils.named("school-a", "李", 9)}


async def test_a_class_with_those_who_left_and_how_many_are_there(stores: Stores) -> None:
    await settle(stores)
    class_id = a_student().class_id
    found = await stores.pupils.of_classes("school-a", [class_id])
    assert {s.id for s in found} == {*NAMES, "left"}
    assert [s.number for s in found] == sorted(s.number for s in found)
    assert await stores.pupils.count_by_class("school-a") == {class_id: len(NAMES)}


async def test_lines_and_bindings_of_some_children_alone(stores: Stores) -> None:
    await stores.schools.save_contacts(
        [a_contact(id="x", student_id="a"), a_contact(id="y", student_id="b", quarantine=True)]
    )
    await stores.bindings.save(a_binding(id="a:p", student_id="a", person_id="p", bound_at=NOW))
    assert [c.id for c in await stores.pupils.lines_of("school-a", ["b"])] == ["y"]
    assert [b.id for b in await stores.pupils.bindings_of("school-a", ["a", "b"])] == ["a:p"]
    assert await stores.pupils.bindings_of("school-b", ["a"]) == []
