"""Every sentence that taking in a list says: on the screen, in the report, in the template."""

from __future__ import annotations

from collections.abc import Iterable

from domain.roster_changes import Kind
from domain.roster_columns import Field
from domain.roster_parsed import Reason, RowProblem

FIELDS = {
    Field.NAME: "姓名",
    Field.CLASS: "班级",
    Field.GRADE: "年级",
    Field.CODE: "学号",
    Field.SEAT: "座号",
    Field.SCHOOL: "学校",
    Field.GUARDIAN: "家长",
    Field.RELATION: "关系",
    Field.PHONE: "电话",
}
REASONS = {
    Reason.MISSING: "没有填",
    Reason.NOT_TEXT: "不是文字",
    Reason.DATE: "被 Excel 变成了日期，请把这一列设为“文本”再填",
    Reason.FORMULA: "是没有算出结果的公式，请粘贴为“数值”",
    Reason.EXCEL_ERROR: "公式出错了，请直接填写",
    Reason.NAME_LENGTH: "长度不对，应是 2 到 40 个字",
    Reason.NOT_A_NAME: "里有数字或符号，不像姓名",
    Reason.CLASS_UNCLEAR: "看不出是哪个年级哪个班，请写成“三年级二班”",
    Reason.CLASS_TWO_WAYS: "有两种读法，请写成“三年级十班”这样",
    Reason.GRADE_DIFFERS: "和“年级”一列说的不一样",
    Reason.STAGE_UNKNOWN: "只写了入学年份，请加一列“年级”",
    Reason.CODE_UNCLEAR: "数字不完整，请把这一列设为“文本”再填",
    Reason.OTHER_SCHOOL: "是别的学校",
    Reason.DIGITS_LOST: "被 Excel 省略成 1.38E+10，后几位已丢失，请重新填写",
    Reason.NOT_A_MOBILE: "里有不是 11 位的号码，请核对",
    Reason.NO_PHONE: "没有填，家长无法自动绑定",
    Reason.REPEATED: "与第 {row} 行是同一个学生，已合并",
    Reason.NAMESAKES: "与第 {row} 行同班同名，分不清是谁，请两行都填学号",
    Reason.CODE_TWICE: "与第 {row} 行相同，但姓名或班级不同",
    Reason.SHARED_PHONE: "与第 {row} 行的学生相同，两家看不出是一家人，已隔离，家长须由班主任确认",
    Reason.NOT_SURE_WHO: "对得上库里不止一个学生，请填学号",
    Reason.CODE_OF_ANOTHER: "在库里是另一个学生的，请核对",
    Reason.PHONE_OF_ANOTHER: "已确认是第 {row} 行的学生家里的，没有采用",
    Reason.UNKNOWN_SCHOOL: "不在这个区的学校名单里，请核对名称",
    Reason.ROLL_OVER_FIRST: "学校还没有做新学年升级，整份名册都没有采用",
    Reason.SCHOOL_BUSY: "学校正在导入另一份名册，这份没有采用",
}
KINDS = {
    Kind.NEW: "新生",
    Kind.MOVED: "转班或更正",
    Kind.LEFT: "离校",
    Kind.PHONE: "电话有变",
}
_REASONS_WITHOUT_FIELD = (
    *(Reason.REPEATED, Reason.NAMESAKES, Reason.ROLL_OVER_FIRST, Reason.SCHOOL_BUSY),
)
QUARANTINED = "号码与别家相同，已隔离"
REFUSED, UNCHANGED = "未导入", "没有变化"
REPORT_HEADINGS = ("结果", "说明")
LEFT_SHEET, SUMMARY_SHEET = "离校学生", "概况"
LEFT_HEADINGS = ("班级", "姓名", "学号", "结果")
PHONE_NOTE = "家长名单有变：经原号码绑定的家长会被解除绑定，须用新号码重新绑定"
LEFT_NOTE = "不在这份名册上，绑定将全部结束"
ERRORS = {
    "no_file": "打不开文件：{detail}",
    "empty": "文件是空的。",
    "too_large": "文件太大（上限 {detail} MB），请分开导入。",
    "too_many_rows": "行数太多（上限 {detail} 行），请分开导入。",
    "old_excel": "这是旧版 Excel（.xls）或加了密码的文件，请另存为没有密码的 .xlsx 再试。",
    "unreadable": "文件已损坏，或不是 Excel 文件，请另存为 .xlsx 再试。",
    "not_a_table": "看不懂这个文件，请另存为 .xlsx 或 .csv 再试。",
    "no_header": "找不到表头。表头里要有“姓名”，再加“班级”“学号”“家长电话”等列。",
    "no_school": "还没有这所学校，请加上 --school-name 学校名称。",
    "no_district": "没有这个区县，请核对 --district 后面的编号。",
    "bad_school": "学校编号只能用字母、数字和 - _ .，最多 60 个。",
    "bad_kind": "--only 只能是 new、moved、left、phone，用逗号隔开。",
    "report_is_list": "报告不能写到名册自己身上，请换一个文件名。",
    "no_report": "报告写不进去：{detail}",
    "class_replaced": "{detail} 的学生会全部换成别人，像是拿错了名册，或是下一学年的。什么都没有改。",
    "roll_over_first": "这是新学年的名册，学校的班级还停在上一学年。请先做新学年升级，再导入。",
    "rolling_over": "学校正在升级到新学年，请过几分钟再导入。",
    "busy": "{detail}正在导入这所学校的名册，请稍后再试。",
    "turn_lost": "导入中断了：与 Redis 的联系断了一会儿。请再运行一次，已写入的不会重复。",
    "changed": "对比之后，学校的名册又有了变化。请重新对比一次，再决定要不要导入。",
    "file_gone": "这份名册文件已经删除了，请重新上传。",
    "broken": "导入意外中断了，没有做完。请再试一次，已写入的不会重复。",
    "too_many_left": "名册上少了 {detail} 名学生，超过在校人数的一半，像是拿错了文件。"
    "什么都没有改。确实如此的话，请加 --only 并写上 left。",
}
STEPS = {
    "reading": "读取名册：{count} 行",
    "comparing": "对照现有名册",
    "reporting": "写报告",
    "schools": "逐校对照：第 {count} 所，共 {all} 所",
    "writing": "写入：{count}/{all}",
}
DRY_RUN = "以上只是预览，什么都没有改。确认后请加 --apply 再运行一次。"
APPLIED = "已写入 {count} 名学生的变化，结束了 {ended} 个绑定。"
DISTRICT_SUM = "{schools} 所学校，其中新建 {founded} 所；没有归到学校的 {unplaced} 行"
SCHOOL_LINE = (
    "{name}：新生 {new}，转班或更正 {moved}，离校 {left}，电话有变 {phone}，未导入 {refused} 行"
)
REPORT_AT = "报告：{path}"
TEMPLATE_AT = "模板：{path}"
TEMPLATE_SHEET, GUIDE_SHEET = "名册", "填写说明"
TEMPLATE_HEADINGS = (
    "学号",
    "姓名",
    "班级",
    "父亲姓名",
    "父亲电话",
    "母亲姓名",
    "母亲电话",
    "监护人姓名",
    "与学生关系",
    "监护人电话",
)
TEMPLATE_EXAMPLE = (
    "20230107",
    "李小明",
    "三年级二班",
    "李大海",
    "13800001234",
    "王芳",
    "13900005678",
    "",
    "",
    "",
)
GUIDE = (
    "一行一个学生，一所学校一份，也可以一个班一张表。",
    "第二行是示例，填写前请删掉。",
    "学号：全校不重复。转班、改名、同名都靠它认人；没有就留空。",
    "班级：写成“三年级二班”“三（2）班”“302”都可以。",
    "电话：11 位手机号。各列已设为“文本”，请不要改回“数字”。",
    "父亲、母亲、其他监护人，有几位填几位。",
    "名册上没有的学生会被当作离校（只在名册提到的班级里）。",
    "系统只保存手机号的后四位。",
)


def problem_text(problem: RowProblem) -> str:
    """A reason, and before it the column that it is about."""
    text = REASONS[problem.reason].format(row=problem.row or "?")
    if problem.field is None or problem.reason in _REASONS_WITHOUT_FIELD:
        return text
    return FIELDS[problem.field] + text


def result_text(kinds: frozenset[Kind], *, refused: bool) -> str:
    """What becomes of a row, in a word or two."""
    if refused:
        return REFUSED
    return "、".join(KINDS[kind] for kind in Kind if kind in kinds) or UNCHANGED


def reason_text(problems: Iterable[RowProblem], kinds: frozenset[Kind]) -> str:
    """All that is to be said of a row."""
    said = [problem_text(problem) for problem in problems]
    if Kind.PHONE in kinds:
        said.append(PHONE_NOTE)
    return "；".join(dict.fromkeys(said))


def error_text(code: str, detail: str = "") -> str:
    """Why a file was not taken."""
    return ERRORS[code].format(detail=detail)
