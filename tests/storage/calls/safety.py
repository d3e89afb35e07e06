"""Reviews, silences, lists of words."""

from collections.abc import Awaitable, Callable
from typing import Any

from domain.word_lists import WordList
from storage.reviews import ReviewStore
from storage.silences import SilenceStore
from storage.word_lists import WordListStore
from tests.domain.samples import NOW, a_review

STORES: dict[str, type] = {
    "reviews": ReviewStore,
    "silences": SilenceStore,
    "word_lists": WordListStore,
}


CALLS: dict[str, Callable[[Any], Awaitable[object]]] = {
    "reviews.find": lambda s: s.find("r"),
    "reviews.mark_changed": lambda s: s.mark_changed(a_review(version=1)),
    "reviews.mark_settled": lambda s: s.mark_settled(a_review()),
    "reviews.waiting": lambda s: s.waiting("school-a"),
    "reviews.unsettled": lambda s: s.unsettled(NOW),
    "reviews.find_by_trace": lambda s: s.find_by_trace("t"),
    "reviews.find_by_door": lambda s: s.find_by_door("d"),
    "reviews.under_check": lambda s: s.under_check(NOW),
    "reviews.find_look": lambda s: s.find_look("t"),
    "reviews.of_author": lambda s: s.of_author("p"),
    "reviews.unname": lambda s: s.unname("p", "小明"),
    "reviews.forget_reporter": lambda s: s.forget_reporter("p"),
    "reviews.old": lambda s: s.old(NOW, 20),
    "silences.find": lambda s: s.find("s"),
    "silences.among": lambda s: s.among(["s"]),
    "silences.of_school": lambda s: s.of_school("school-a"),
    "silences.lift": lambda s: s.lift("s"),
    "word_lists.digests": lambda s: s.digests(["school-a"]),
    "word_lists.find": lambda s: s.find("school-a"),
    "word_lists.mark_changed": lambda s: s.mark_changed(WordList(id="school-a", version=1)),
}
