"""What the log gets of a fault."""

from domain.errors import fault_text


def look_up(name: str) -> None:
    raise KeyError(name)


def test_a_fault_is_told_by_kind_and_place_without_its_words() -> None:
    child = "李小明"
    try:
        look_up(child)
    except KeyError as error:
        told = fault_text(error)
    assert told.startswith("KeyError\n")
    assert "look_up" in told
    assert child not in told
