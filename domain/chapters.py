"""A chapter as people type it, and the key by which two are the same one: 第三单元, 第 3 单元, 3单元, 第０３单元.

What was typed is what is shown; the key is compared, looked up and counted by, and shown to nobody.
"""

from __future__ import annotations

import re
import unicodedata

_HAN = "零一二三四五六七八九"
_LARGEST = 999
_SIGNS = "0-9〇零一二三四五六七八九十百"
# Blanks, and marks without a look of their own that come along with what is pasted (byte order, zero width).
_NOTHING = re.compile("[\\s\u00ad\u200b-\u200f\u2060\ufeff]+")
# A blank between two digits parts two numbers: 第 1 课 2 and 第 1 课 12 are two.
_BLANK = re.compile("(?<![0-9]) | (?![0-9])")
# A number is a chapter's after 第, or right before what chapters are called. 3课时 is how long it takes, 一节课 a
# lesson; 3.2节 is left alone.
_NUMBERED = re.compile(
    rf"(?P<nth>第)?(?<![{_SIGNS} ])(?<![{_SIGNS}]\.)(?P<number>[0-9]+|[〇零一二三四五六七八九十百]+)"
    rf"(?!\.?[{_SIGNS}])(?P<unit>单元|章|课(?!时)|节(?!课))?"
)
_IN_DIGITS = re.compile(
    "(?<![0-9])[1-9][0-9]{1,2}(?=单元|[章课节])|(?<=第)[1-9][0-9]{1,2}(?![0-9])"
)


def chapter_key(text: str) -> str:
    """The key of a chapter: width, capitals and blanks folded, its numbers in digits, each with 第 before it.

    Only numbers of chapters are read as such: 三国演义 stays what it is, and so does what is no number (第一二单元).
    """
    return _NUMBERED.sub(_in_digits, _folded(text))


def chapters_in_signs(text: str) -> str:
    """A text whose chapters are counted as they are said, 第12课 as 第十二课: for what is found by sign and sound."""
    return _IN_DIGITS.sub(lambda m: written(int(m[0])), text)


def written(number: int) -> str:
    """A number from 1 to 999 as it is written: 12 is 十二, 103 is 一百零三, 110 is 一百一十."""
    hundreds, rest = divmod(number, 100)
    tens, ones = divmod(rest, 10)
    text = f"{_HAN[hundreds]}百" if hundreds else ""
    if tens:
        text += "十" if tens == 1 and not hundreds else f"{_HAN[tens]}十"
    elif hundreds and ones:
        text += "零"
    return text + (_HAN[ones] if ones else "")


def _ways_of_writing(number: int) -> set[str]:
    """As it is written, with 一 before the first ten or without, and sign by sign where a 零 makes that clear."""
    text = written(number)
    ways = {text, text.replace("百一十", "百十")}
    if text.startswith("十"):
        ways.add(f"一{text}")
    digits = str(number)
    return ways | ({"".join(_HAN[int(d)] for d in digits)} if "0" in digits else set())


_READ = {way: str(n) for n in range(1, _LARGEST + 1) for way in _ways_of_writing(n)}


def _folded(text: str) -> str:
    plain = _same_width(_same_width(text).casefold())
    plain = "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in plain)
    plain = _BLANK.sub("", _NOTHING.sub(" ", plain).strip())
    # An accent that stood behind a blank belongs to the letter before it now.
    return _same_width(plain)


def _same_width(text: str) -> str:
    return unicodedata.normalize("NFKC", text)


def _in_digits(match: re.Match[str]) -> str:
    number, unit = match["number"], match["unit"] or ""
    if not match["nth"] and not unit:
        return match[0]
    if number.isdecimal():
        number = number.lstrip("0") or "0"
    else:
        number = _READ.get(number.replace("〇", "零"), "")
    return f"第{number}{unit}" if number else match[0]
