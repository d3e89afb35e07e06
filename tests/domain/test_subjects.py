"""Subjects: codes that are unique, names as lists write them, a school's own courses."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import InvalidError
from domain.stages import Stage
from domain.subjects import (
    SUBJECTS,
    Subject,
    parse_local_subjects,
    read_subject,
    subject_name,
    subjects_of,
)

PRIMARY, JUNIOR, SENIOR = ({stage} for stage in Stage)
OWN = parse_local_subjects("书法\n校本阅读\n 书法 \n")


def test_codes_are_unique_and_names_are_unique_within_a_stage() -> None:
    assert len({subject.code for subject in SUBJECTS}) == len(SUBJECTS)
    for stage in Stage:
        names = [name for _, name in subjects_of({stage})]
        assert len(set(names)) == len(names)


@given(st.sampled_from(SUBJECTS), st.sampled_from(Stage))
def test_in_one_stage_every_name_and_synonym_is_one_subject(subject: Subject, stage: Stage) -> None:
    if stage in subject.stages:
        for said in (subject.name, *subject.synonyms):
            assert read_subject(said, {stage}) == subject.code


@pytest.mark.parametrize(
    ("said", "stages", "code"),
    [
        ("语文", PRIMARY, "chinese"),
        ("语文老师", PRIMARY, "chinese"),
        (" 体 育 课 ", PRIMARY, "sport"),
        ("品德", PRIMARY, "morality"),
        ("政治", JUNIOR, "morality"),
        ("政治", SENIOR, "politics"),
        ("政治", JUNIOR | SENIOR, None),
        ("政治", set(), None),
        ("道德与法治", JUNIOR | SENIOR, "morality"),
        ("信息技术", PRIMARY, "computing"),
        ("信息技术", SENIOR, "informatics"),
        ("外语(日语)", JUNIOR, "japanese"),
        ("外语", JUNIOR, "english"),
        ("物理", PRIMARY, None),
        ("物理", set(), "physics"),
        ("班主任", PRIMARY, None),
        ("", PRIMARY, None),
        ("课", PRIMARY, None),
        ("书法", PRIMARY, "local-书法"),
    ],
)
def test_what_a_list_calls_a_subject(said: str, stages: set[Stage], code: str | None) -> None:
    assert read_subject(said, stages, OWN) == code


def test_a_school_chooses_from_the_subjects_of_its_stages_and_its_own() -> None:
    offered = subjects_of(PRIMARY, OWN)
    assert offered[0] == ("chinese", "语文")
    assert offered[-2:] == [("local-书法", "书法"), ("local-校本阅读", "校本阅读")]
    assert "物理" not in dict(offered).values()
    assert len(subjects_of(set())) == len(SUBJECTS)


def test_names_by_code() -> None:
    assert subject_name("sport") == "体育与健康"
    assert subject_name("local-书法", OWN) == "书法"
    assert subject_name("local-书法") == "书法", "a course given up keeps its name where it stood"
    assert subject_name("nothing") == ""


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("语文", "taken"),
        ("书" * 13, "too_long"),
        ("书\x07法", "control_characters"),
        ("\n".join(f"校本{n}" for n in range(31)), "too_many"),
    ],
)
def test_own_courses_that_are_refused(typed: str, code: str) -> None:
    with pytest.raises(InvalidError) as refused:
        parse_local_subjects(typed)
    assert refused.value.fields["local_subjects"].code == code
