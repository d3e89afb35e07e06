"""Who has a place in which group, and what they may do there: rules alone."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from domain.bindings import Binding, BindingState, Custody
from domain.errors import InvalidError, NotFoundError
from domain.groups import (
    Group,
    GroupKind,
    GroupRules,
    Mode,
    Seat,
    Ward,
    class_group,
    grade_group,
    make_group,
    parse_allowed,
    parse_group_id,
    parse_group_name,
    parse_mode,
    research_group,
    school_group,
    seat_in,
)
from domain.roles import Appointment, Role
from domain.schools import Keeper, Rules, School, SchoolClass, Student
from tests.domain.samples import NOW, an_enrolment

SCHOOL = School(id="school-a", name="青禾小学")
CLASS = SchoolClass(
    id="class-1", school_id="school-a", name="三年级1班", grade=3, entered=2024, label="1"
)
RULES = GroupRules(id="school-a")


def role(kind: Role, **changes: Any) -> Appointment:
    given: dict[str, Any] = {
        "id": f"a-{kind}",
        "person_id": "p",
        "role": kind,
        "name": "王老师",
        "school_id": "school-a",
    }
    return Appointment(**(given | changes))


def ward(class_id: str = "class-1", **changes: Any) -> Ward:
    given: dict[str, Any] = {
        "id": "student-1:p",
        "school_id": "school-a",
        "student_id": "student-1",
        "person_id": "p",
        "relation": "妈妈",
        "contact_id": None,
        "state": BindingState.ACTIVE,
        "bound_at": NOW,
    }
    child = Student(
        id="student-1", school_id="school-a", class_id=class_id, name="李小明", number=1
    )
    return Ward(child, Binding(**(given | changes)))


def seat(group: Group, *held: Any, at: Any = NOW) -> Seat | None:
    return seat_in(
        group,
        "p",
        appointments=[h for h in held if isinstance(h, Appointment)],
        wards=[h for h in held if isinstance(h, Ward)],
        enrolments=[h for h in held if not isinstance(h, Appointment | Ward)],
        at=at,
    )


def sure(found: Seat | None) -> Seat:
    assert found is not None
    return found


def a_class_group(mode: Mode = Mode.QUESTIONS, **rules: Any) -> Group:
    chosen = GroupRules(id="school-a", modes=((class_group("class-1"), mode),), **rules)
    return make_group(class_group("class-1"), SCHOOL, chosen, [CLASS])


@pytest.mark.parametrize(
    ("mode", "may_post", "may_ask"),
    [
        (Mode.ANNOUNCE, False, False),
        (Mode.QUESTIONS, False, True),
        (Mode.OPEN, True, False),
    ],
)
def test_what_a_guardian_may_say_goes_by_the_mode(
    mode: Mode, may_post: bool, may_ask: bool
) -> None:
    found = sure(seat(a_class_group(mode), ward()))
    assert (found.may_post, found.may_ask) == (may_post, may_ask)
    assert (found.name, found.as_staff, found.leads) == ("李小明妈妈", False, False)
    teacher = sure(seat(a_class_group(mode), role(Role.SUBJECT_TEACHER, class_id="class-1")))
    assert (teacher.may_post, teacher.may_ask, teacher.as_staff) == (True, False, True)
    assert not teacher.leads
    assert sure(seat(a_class_group(mode), role(Role.HEAD_TEACHER, class_id="class-1"))).leads


def test_who_only_reads_says_nothing_and_who_tries_has_no_place() -> None:
    reading = sure(seat(a_class_group(Mode.OPEN), ward(custody=Custody.READ_ONLY)))
    assert (reading.may_post, reading.may_ask) == (False, False)
    assert seat(a_class_group(), ward(trial=True)) is None


@pytest.mark.parametrize(
    "gone",
    [
        ward("class-2"),
        ward(state=BindingState.ENDED),
        ward(until=NOW),
        role(Role.HEAD_TEACHER, class_id="class-2"),
        role(Role.HEAD_TEACHER, class_id="class-1", ended_at=NOW),
        role(Role.HEAD_TEACHER, class_id="class-1", until=NOW),
        role(Role.HEAD_TEACHER, class_id="class-1", school_id="school-b"),
        role(Role.OFFICE),
        role(Role.GRADE_LEADER, grade=3),
        role(Role.OBSERVER),
    ],
)
def test_the_class_group_is_of_its_teachers_and_families_alone(gone: Any) -> None:
    assert seat(a_class_group(), gone) is None


def test_where_the_office_keeps_the_classes_it_is_in_their_groups() -> None:
    school = School(id="school-a", name="青禾小学", rules=Rules(keeper=Keeper.OFFICE))
    group = make_group(class_group("class-1"), school, RULES, [CLASS])
    assert sure(seat(group, role(Role.OFFICE))).leads


def test_a_teacher_with_a_child_in_the_class_has_one_place_for_both() -> None:
    both = sure(seat(a_class_group(), ward(), role(Role.SUBJECT_TEACHER, class_id="class-1")))
    assert (both.as_staff, both.name, len(both.children)) == (True, "王老师", 1)


def test_a_place_ends_by_time_alone_when_the_first_thing_it_rests_on_does() -> None:
    soon = NOW + timedelta(hours=1)
    assert sure(seat(a_class_group(), ward(until=soon))).until == soon
    assert sure(seat(a_class_group(), ward())).until is None


@pytest.mark.parametrize(
    ("kind", "held", "there", "leads"),
    [
        (GroupKind.STAFF, role(Role.SUBJECT_TEACHER, class_id="class-9"), True, False),
        (GroupKind.STAFF, role(Role.OFFICE), True, True),
        (GroupKind.STAFF, role(Role.OBSERVER), False, False),
        (GroupKind.STAFF, ward(), False, False),
        (GroupKind.HEADS, role(Role.HEAD_TEACHER, class_id="class-9"), True, False),
        (GroupKind.HEADS, role(Role.SUBJECT_TEACHER, class_id="class-9"), False, False),
        (GroupKind.HEADS, role(Role.SCHOOL_ADMIN), True, True),
        (GroupKind.COMMITTEE, role(Role.OFFICE), True, True),
        (GroupKind.COMMITTEE, role(Role.HEAD_TEACHER, class_id="class-1"), False, False),
        (GroupKind.COMMITTEE, ward(), False, False),
    ],
)
def test_groups_of_the_whole_school(kind: GroupKind, held: Any, there: bool, leads: bool) -> None:
    found = seat(make_group(school_group(kind, "school-a"), SCHOOL, RULES), held)
    assert (found is not None) is there
    assert (found is not None and found.leads) is leads


def test_staff_groups_may_be_told_to_listen() -> None:
    staff = school_group(GroupKind.STAFF, "school-a")
    rules = GroupRules(id="school-a", modes=((staff, Mode.ANNOUNCE),))
    group = make_group(staff, SCHOOL, rules)
    assert not sure(seat(group, role(Role.SUBJECT_TEACHER, class_id="class-1"))).may_post
    assert sure(seat(group, role(Role.OFFICE))).may_post


def test_the_committee_is_of_guardians_the_office_appointed_while_they_are_guardians() -> None:
    group = make_group(school_group(GroupKind.COMMITTEE, "school-a"), SCHOOL, RULES)
    found = sure(seat(group, ward(), an_enrolment(leads=True)))
    assert (found.may_post, found.leads, found.as_staff) == (True, True, False)
    assert seat(group, an_enrolment()) is None
    assert seat(group, ward(state=BindingState.ENDED), an_enrolment()) is None
    assert seat(group, ward(), an_enrolment(ended_at=NOW)) is None
    assert seat(group, ward(), an_enrolment(until=NOW)) is None
    assert seat(group, ward(), an_enrolment(since=NOW + timedelta(days=1))) is None
    assert seat(group, ward(), an_enrolment(student_id="student-2")) is None
    assert seat(group, ward(), an_enrolment(group_id="committee:school-b")) is None


def test_a_research_group_is_of_its_subjects_and_of_whom_somebody_put_there() -> None:
    key = research_group("school-a", 1)
    group = make_group(key, SCHOOL, GroupRules(id="school-a", subjects=((key, ("maths",)),)))
    maths = role(Role.SUBJECT_TEACHER, class_id="class-1", subject="maths")
    chinese = role(Role.SUBJECT_TEACHER, class_id="class-1", subject="chinese")
    chosen = an_enrolment(group_id=key, student_id="")
    assert seat(group, maths)
    assert seat(group, chinese) is None
    assert seat(group, chinese, chosen)
    assert seat(group, maths, an_enrolment(group_id=key, out=True)) is None
    assert seat(group, chosen) is None, "nobody at the school any more"
    assert seat(group, ward(), chosen) is None, "a guardian is no colleague"
    assert sure(seat(group, chinese, an_enrolment(group_id=key, leads=True))).leads


def test_a_grade_group_is_of_staff_and_of_guardians_only_where_the_school_allows_it() -> None:
    key = grade_group(CLASS)
    assert key == "grade:school-a:y2024"
    staff_only = make_group(key, SCHOOL, RULES, [CLASS])
    assert seat(staff_only, ward()) is None
    assert sure(seat(staff_only, role(Role.GRADE_LEADER, grade=3))).leads
    assert seat(staff_only, role(Role.GRADE_LEADER, grade=4)) is None
    assert seat(staff_only, role(Role.SUBJECT_TEACHER, class_id="class-1"))
    with_them = make_group(key, SCHOOL, GroupRules(id="school-a", grade_guardians=True), [CLASS])
    assert seat(with_them, ward())


def test_a_mode_that_is_no_longer_allowed_falls_back_to_a_quieter_one() -> None:
    key = class_group("class-1")
    rules = GroupRules(id="school-a", modes=((key, Mode.OPEN),))
    assert rules.mode_of(key, GroupKind.CLASS) is Mode.OPEN
    narrow = GroupRules(
        id="school-a",
        modes=((key, Mode.OPEN),),
        allowed=((GroupKind.CLASS, (Mode.ANNOUNCE, Mode.QUESTIONS)),),
    )
    assert narrow.mode_of(key, GroupKind.CLASS) is Mode.QUESTIONS
    only_open = GroupRules(id="school-a", allowed=((GroupKind.CLASS, (Mode.OPEN,)),))
    assert only_open.mode_of(key, GroupKind.CLASS) is Mode.OPEN
    assert RULES.mode_of(key, GroupKind.CLASS) is Mode.QUESTIONS
    assert RULES.mode_of("staff:school-a", GroupKind.STAFF) is Mode.OPEN


@pytest.mark.parametrize(
    "text",
    ["", "class", "class:", "club:school-a", "research:school-a", "research:school-a:3", "grade::"],
)
def test_an_id_that_names_no_group(text: str) -> None:
    with pytest.raises(NotFoundError):
        parse_group_id(text)


def test_an_id_says_what_it_names() -> None:
    assert parse_group_id("class:c-1") == (GroupKind.CLASS, "c-1", "")
    assert parse_group_id("staff:a.b_c") == (GroupKind.STAFF, "a.b_c", "")
    assert parse_group_id("research:s:2") == (GroupKind.RESEARCH, "s", "2")
    assert parse_group_id("grade:s:y2024") == (GroupKind.GRADE, "s", "y2024")


def test_what_a_school_says_of_its_groups() -> None:
    assert parse_group_name(" 语文教研组 ") == "语文教研组"
    for text, code in (("长" * 21, "too_long"), ("a\nb", "control_characters")):
        with pytest.raises(InvalidError) as refused:
            parse_group_name(text)
        assert refused.value.fields["name"].code == code
    assert parse_mode("open", tuple(Mode)) is Mode.OPEN
    for text, code in (("loud", "unknown"), ("open", "not_allowed")):
        with pytest.raises(InvalidError) as refused:
            parse_mode(text, (Mode.ANNOUNCE,))
        assert refused.value.fields["mode"].code == code
    assert parse_allowed({"class": ["open", "announce"]}) == (
        (GroupKind.CLASS, (Mode.ANNOUNCE, Mode.OPEN)),
    )
    bad: list[dict[str, list[str]]] = [{"class": []}, {"club": ["open"]}, {"class": ["loud"]}]
    for form in bad:
        with pytest.raises(InvalidError):
            parse_allowed(form)
