"""Packages of resources: names that lead nowhere else and mean nothing else, and what the two manifests say."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from xml.etree import ElementTree as Xml

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.files import FileKind
from domain.ims import CP, LOM, ims_manifest
from domain.packages import Package, Packed, lay_out, manifest, safe_name
from domain.resources import Claim, Content, Kind, Version
from tests.domain.resource_samples import a_content, a_part
from tests.domain.samples import NOW

PDF = "application/pdf"


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("教案.docx", "教案.docx"),
        ("../../etc/passwd.pdf", "______etc_passwd.pdf"),
        ("..\\..\\windows\\win.pdf", "______windows_win.pdf"),
        ("/etc/shadow", "_etc_shadow"),
        ("C:\\boot.ini", "C_boot_ini"),
        ('=HYPERLINK("http://evil")', "_=HYPERLINK(http__evil)"),
        ("-rf.pdf", "_-rf.pdf"),
        ("@SUM(A1).xlsx", "_@SUM(A1).xlsx"),
        ("~.pdf", "_~.pdf"),
        ("CON.pdf", "_CON.pdf"),
        ("lpt1.docx", "_lpt1.docx"),
        ("运行.exe", "运行_exe"),
        ("好\u202efdp.exe", "好fdp_exe"),
        ("三\x00年\n级.pdf", "三年级.pdf"),
        ("...", "___"),
        ("", "file"),
        ("  .pdf", "file.pdf"),
    ],
)
def test_a_name_leads_nowhere_and_means_nothing_else(name: str, safe: str) -> None:
    assert safe_name(name, set()) == safe


def test_no_name_is_there_twice_also_where_capitals_do_not_count() -> None:
    taken: set[str] = set()
    names = [safe_name(name, taken) for name in ("A.pdf", "a.PDF", "a.pdf", "a-2.pdf", "a.docx")]
    assert names == ["A.pdf", "a-2.pdf", "a-3.pdf", "a-2-2.pdf", "a.docx"]
    # The same letter written as one sign and as two.
    assert safe_name("caf\u00e9.pdf", taken) != safe_name("cafe\u0301.pdf", taken)


@given(st.lists(st.text(max_size=200), max_size=20))
def test_any_names_lie_side_by_side(names: list[str]) -> None:
    taken: set[str] = set()
    made = [safe_name(name, taken) for name in names]
    assert len({name.casefold() for name in made}) == len(names)
    for name in made:
        assert not re.search(r'[/\\:*?"<>|\x00-\x1f]', name)
        assert name.strip(" .") == name
        assert name[0] not in "=+-@"
        assert len(name.encode()) < 255


def a_packed(number: int = 1, content: Content | None = None) -> Packed:
    content = content or a_content()
    return Packed(
        resource_id=f"resource-{number}",
        school="青禾小学",
        author="周敏",
        subject="数学",
        library="芝罘区",
        shelved_at=datetime(2026, 11, 20, 1, tzinfo=UTC),
        version=Version(number=2, content=content, at=NOW),
        files=lay_out(number, content.title, [(part, PDF) for part in content.parts]),
    )


def a_package(*packed: Packed) -> Package:
    return Package(title="芝罘区", place="芝罘区", made_at=NOW, resources=packed)


def test_the_manifest_tells_where_every_file_is_and_what_it_is() -> None:
    content = a_content(
        kind=Kind.VIDEO,
        claim=Claim.LICENSED,
        whence="某出版社",
        edition="人教版",
        volume="上册",
        parts=(a_part(), a_part(file_id="file-2", kind=FileKind.VIDEO, seconds=61)),
    )
    told = json.loads(json.dumps(manifest(a_package(a_packed(7, content)))))
    (resource,) = told["resources"]
    assert [file["path"] for file in resource["files"]] == [
        "resources/0007-分数的初步认识/教案.docx",
        "resources/0007-分数的初步认识/教案-2.docx",
    ]
    assert resource["files"][0]["sha256"] == "a" * 64
    assert resource["filing"] == {
        "年级": "三年级",
        "学科": "数学",
        "版本": "人教版",
        "册次": "上册",
        "章节": "第八单元 第 1 课",
    }
    assert (resource["kind"], resource["collection"]) == ("微课", "课程库")
    assert resource["rights"] == "已取得授权：某出版社"
    assert resource["in_library_since"] == "2026-11-20 09:00"
    assert "person" not in json.dumps(told)


def test_a_learning_platform_finds_every_file_and_its_metadata() -> None:
    root = Xml.fromstring(ims_manifest(a_package(a_packed(1), a_packed(2))))
    spaces = {"cp": CP, "lom": LOM}
    assert root.tag == f"{{{CP}}}manifest"
    assert root.findtext("cp:metadata/cp:schemaversion", "", spaces) == "1.1.4"
    items = root.findall("cp:organizations/cp:organization/cp:item", spaces)
    resources = root.findall("cp:resources/cp:resource", spaces)
    assert [i.get("identifierref") for i in items] == [r.get("identifier") for r in resources]
    (first, _) = resources
    paths = [file.get("href") for file in first.findall("cp:file", spaces)]
    assert paths == [first.get("href")]
    assert str(paths[0]).isascii()
    lom = first.find("cp:metadata/lom:lom", spaces)
    assert lom is not None
    assert [child.tag.rpartition("}")[2] for child in lom] == [
        "general",
        "lifeCycle",
        "technical",
        "educational",
        "rights",
        "classification",
    ]
    assert lom.findtext("lom:general/lom:title/lom:string", "", spaces) == "分数的初步认识"
    assert lom.findtext("lom:technical/lom:size", "", spaces) == "1000"
    entries = lom.findall("lom:classification/lom:taxonPath/lom:taxon/lom:entry/lom:string", spaces)
    assert [entry.text for entry in entries] == ["三年级", "数学", "第八单元 第 1 课"]
    cards = [entity.text or "" for entity in lom.iter(f"{{{LOM}}}entity")]
    assert "FN:周敏" in cards[0]
    assert "ORG:芝罘区" in cards[1]


def test_what_xml_cannot_carry_or_would_take_for_its_own_stays_words() -> None:
    hostile = 'a\x00b\x0b<!DOCTYPE x [<!ENTITY e "y">]>&e;\ufffe]]>\ud800'
    packed = a_packed(content=a_content(title=hostile, summary=hostile))
    root = Xml.fromstring(ims_manifest(a_package(packed)))
    title = root.findtext(f".//{{{CP}}}item/{{{CP}}}title")
    assert title == 'ab<!DOCTYPE x [<!ENTITY e "y">]>&e;]]>'
