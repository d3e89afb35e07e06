"""What single nouns say by a code, in one table each: `handlers.phrases` takes these in."""

from __future__ import annotations

from handlers import (
    activity_phrases,
    circle_phrases,
    homework_phrases,
    resource_phrases,
    safety_phrases,
    tasklist_phrases,
)

ERRORS = {
    **resource_phrases.ERRORS,
    **homework_phrases.ERRORS,
    **activity_phrases.ERRORS,
    **safety_phrases.ERRORS,
    **tasklist_phrases.ERRORS,
    **circle_phrases.ERRORS,
}
FIELD_NAMES = {
    **resource_phrases.FIELD_NAMES,
    **homework_phrases.FIELD_NAMES,
    **activity_phrases.FIELD_NAMES,
    **tasklist_phrases.FIELD_NAMES,
    **circle_phrases.FIELD_NAMES,
}
MISSING = {
    **resource_phrases.MISSING,
    **homework_phrases.MISSING,
    **activity_phrases.MISSING,
    **tasklist_phrases.MISSING,
}
PROBLEMS = {
    **resource_phrases.PROBLEMS,
    **homework_phrases.PROBLEMS,
    **activity_phrases.PROBLEMS,
    **tasklist_phrases.PROBLEMS,
    **circle_phrases.PROBLEMS,
}
