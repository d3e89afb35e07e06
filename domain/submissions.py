"""What a child hands in for a homework (提交), what its teacher says to it (批改); none is compared with another.

One document a homework and child holds every version and every mark; nothing of it names the adult who handed it in,
only what they are to the child.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from domain.errors import InvalidError, Problem
from domain.files import FileKind, StoredFile
from domain.homework import HandIn
from domain.notices import Attachment

TEXT_LIMIT = 2000
COMMENT_LIMIT = 500
PICTURE_LIMIT = 9
VOICE_LIMIT = 3
FILE_LIMIT = 3
VERSION_LIMIT = 20
MAX_POINTS = 150  # a paper's most; shown to the family alone
STROKE_LIMIT = 120
STROKE_POINT_LIMIT = 400  # of one line; the client thins out what a finger draws
POINT_LIMIT = 6000  # of all strokes on one picture
SIDE = 10_000  # a picture's width and height, whatever its pixels


class SubmissionState(StrEnum):
    """Where it stands."""

    HANDED_IN = "handed_in"  # not looked at yet
    RETURNED = "returned"  # to be corrected (订正)
    MARKED = "marked"


class Stamp(StrEnum):
    """A stamp on the work; its picture and words are the client's."""

    SEEN = "seen"
    GOOD = "good"
    CAREFUL = "careful"
    PROGRESS = "progress"
    EFFORT = "effort"


class Level(StrEnum):
    """等级: private to the family, never a rank."""

    EXCELLENT = "excellent"
    GOOD = "good"
    PASSED = "passed"
    TRY_AGAIN = "try_again"


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """What was handed in once. `id` is the same for the same request; `relation` is who did it to the child."""

    id: str
    text: str
    files: tuple[Attachment, ...]
    relation: str
    handed_in_at: datetime
    late: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Stroke:
    """A line drawn with a finger: `points` are x, y, x, y … in ten-thousandths of the picture held upright."""

    colour: str
    width: int
    points: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """What lies over one picture (圈画). The picture itself is never changed."""

    file_id: str
    strokes: tuple[Stroke, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """What the teacher said to one version (`version`, from 1). `returned`: to be corrected."""

    id: str
    version: int
    teacher_id: str
    teacher_name: str
    marked_at: datetime
    returned: bool
    comment: str = ""
    voice: Attachment | None = None
    stamp: Stamp | None = None
    level: Level | None = None
    points: int | None = None
    points_of: int | None = None
    drawings: tuple[Drawing, ...] = ()

    @property
    def says_something(self) -> bool:
        """Whether there is anything in it; an empty mark is none."""
        said = (self.comment, self.voice, self.stamp, self.level, self.drawings)
        return any(said) or self.points is not None or self.returned


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """Everything handed in by one child for one homework. `praised_at`: shown to the class as good work since then,
    while the family agrees. `untold_since`: it was returned then, and the family was not told yet. `uncounted`: it
    changed, and the reports do not say so yet."""

    id: str
    school_id: str
    homework_id: str
    class_id: str
    student_id: str
    first_at: datetime
    state: SubmissionState
    versions: tuple[Version, ...]
    marks: tuple[Mark, ...] = ()
    praised_at: datetime | None = None
    untold_since: datetime | None = None
    uncounted: bool = False

    @property
    def current(self) -> Version:
        """What is handed in now."""
        return self.versions[-1]

    @property
    def mark(self) -> Mark | None:
        """What was said last."""
        return self.marks[-1] if self.marks else None

    @property
    def may_hand_in_again(self) -> bool:
        """Whether it may be handed in anew: to correct it, or because nobody has looked at it yet."""
        return self.state is not SubmissionState.MARKED and len(self.versions) < VERSION_LIMIT

    def files(self) -> dict[str, Attachment]:
        """Every file that belongs to it, whoever it is from."""
        voices = [m.voice for m in self.marks if m.voice]
        return {a.file_id: a for a in [*(f for v in self.versions for f in v.files), *voices]}


def submission_id(homework_id: str, student_id: str) -> str:
    """There is one a homework and child."""
    return f"{homework_id}:{student_id}"


def check_handed_in(hand_in: HandIn, text: str, files: Sequence[StoredFile]) -> None:
    """Whether this is what the homework asks for. More than that may be added. Raises InvalidError."""
    problems: dict[str, Problem] = {}
    if len(text) > TEXT_LIMIT:
        problems["text"] = Problem("too_long", TEXT_LIMIT)
    kinds = [file.kind for file in files]
    for kind, most in ((FileKind.PICTURE, PICTURE_LIMIT), (FileKind.AUDIO, VOICE_LIMIT)):
        if kinds.count(kind) > most:
            problems["file_ids"] = Problem("too_many", most)
    if sum(kind not in (FileKind.PICTURE, FileKind.AUDIO) for kind in kinds) > FILE_LIMIT:
        problems["file_ids"] = Problem("too_many", FILE_LIMIT)
    wanted = {HandIn.PICTURES: FileKind.PICTURE, HandIn.VOICE: FileKind.AUDIO}.get(hand_in)
    if (wanted and wanted not in kinds) or (hand_in is HandIn.FILE and not kinds):
        problems["file_ids"] = Problem("missing")
    if hand_in is HandIn.TEXT and not text:
        problems["text"] = Problem("missing")
    if problems:
        raise InvalidError(problems)


def check_mark(mark: Mark, submission: Submission) -> None:
    """Whether a mark can stand. Raises InvalidError with every wrong field."""
    problems: dict[str, Problem] = {}
    if len(mark.comment) > COMMENT_LIMIT:
        problems["comment"] = Problem("too_long", COMMENT_LIMIT)
    if mark.voice is not None and mark.voice.kind is not FileKind.AUDIO:
        problems["voice_file_id"] = Problem("unknown")
    most = mark.points_of if mark.points_of is not None else MAX_POINTS
    if (mark.points is None) is not (mark.points_of is None) or not 0 < most <= MAX_POINTS:
        problems["points_of"] = Problem("unknown")
    elif mark.points is not None and mark.points > most:
        problems["points"] = Problem("unknown")
    pictures = {f.file_id for f in submission.versions[mark.version - 1].files}
    if not all(_is_drawing(d, pictures) for d in mark.drawings):
        problems["drawings"] = Problem("unknown")
    if not mark.says_something:
        problems["comment"] = Problem("missing")
    if problems:
        raise InvalidError(problems)


def _is_drawing(drawing: Drawing, pictures: set[str]) -> bool:
    points = [stroke.points for stroke in drawing.strokes]
    return (
        drawing.file_id in pictures
        and 0 < len(points) <= STROKE_LIMIT
        and sum(map(len, points)) <= 2 * POINT_LIMIT
        and all(4 <= len(p) <= 2 * STROKE_POINT_LIMIT and len(p) % 2 == 0 for p in points)
        and all(0 <= n <= SIDE for p in points for n in p)
    )


# Surnames of two characters that children have today; every other one has one.
_LONG_SURNAMES = frozenset(
    [
        *(
            "欧阳",
            "上官",
            "司马",
            "司徒",
            "诸葛",
            "东方",
            "皇甫",
            "尉迟",
            "公孙",
            "慕容",
            "令狐",
            "夏侯",
        ),
        *(
            "宇文",
            "长孙",
            "端木",
            "独孤",
            "南宫",
            "呼延",
            "轩辕",
            "赫连",
            "澹台",
            "淳于",
            "申屠",
            "太史",
        ),
    ]
)


def first_name(name: str) -> str:
    """What classmates call a child (名): 李小明 → 小明; a name without a Han surname, and one of a single
    character, is its first part."""
    parts = name.replace("·", " ").split()
    if len(parts) > 1:
        return parts[0]
    if len(name) < 2 or not "\u4e00" <= name[0] <= "\u9fff":
        return name
    long = len(name) > 2 and name[:2] in _LONG_SURNAMES
    return name[2:] if long else name[1:]
