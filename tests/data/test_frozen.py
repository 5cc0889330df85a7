"""A class made the quick way is what the standard library would have made of it.

Not of a NaN: from Python 3.13 on the library compares field by field, and a NaN equals none, not itself.
"""

from __future__ import annotations

import copy
import dataclasses
import inspect
import pickle
from collections.abc import Callable
from dataclasses import FrozenInstanceError, field
from typing import Any, ClassVar, Generic, TypeVar

import pytest

from data import frozen

T = TypeVar("T")
MAKERS = pytest.mark.parametrize("dataclass", [dataclasses.dataclass, frozen.dataclass])


def made(dataclass: Callable[..., Any]) -> tuple[Any, ...]:
    """The same classes, made by either."""

    @dataclass(frozen=True, slots=True)
    class Post:
        """What stands there."""

        kind: ClassVar[str] = "post"
        id: str
        text: str = ""
        tags: list[str] = field(default_factory=list)
        hidden: str = field(default="", repr=False, compare=False)

        @property
        def short(self) -> str:
            return self.text[:3]

    @dataclass(frozen=True, slots=True, kw_only=True)
    class Named:
        first: int = 1
        second: int

    @dataclass(frozen=True, slots=True)
    class Single(Generic[T]):
        value: T

    @dataclass(frozen=True, slots=True, eq=False)
    class Same:
        value: int = 0

    @dataclass(frozen=True, slots=True)
    class Odd:
        value: int

        def __repr__(self) -> str:
            return "odd"

        def __eq__(self, other: object) -> bool:
            return True

        def __hash__(self) -> int:
            return 7

    @dataclass(frozen=True, slots=True)
    class Checked:
        value: int

        def __post_init__(self) -> None:
            if self.value < 0:
                raise ValueError("below nothing")

    return Post, Named, Single, Same, Odd, Checked


@MAKERS
def test_it_keeps_what_it_is_given_and_knows_its_defaults(dataclass: Callable[..., Any]) -> None:
    post, named, single, *_ = made(dataclass)
    one = post("a", tags=["x"])
    assert (one.id, one.text, one.tags, one.hidden, one.kind, one.short) == ("a", "", ["x"], "", "post", "")
    assert post("a").tags is not post("a").tags
    assert named(second=2).first == 1
    with pytest.raises(TypeError, match="second"):
        named()
    with pytest.raises(TypeError, match="positional"):
        named(1, 2)
    assert single(3).value == 3
    assert post.__doc__ == "What stands there."
    assert post.__match_args__ == ("id", "text", "tags", "hidden")
    assert post.__slots__ == ("id", "text", "tags", "hidden")


@MAKERS
def test_nothing_of_it_can_be_changed(dataclass: Callable[..., Any]) -> None:
    post = made(dataclass)[0]("a")
    with pytest.raises(FrozenInstanceError, match="cannot assign to field 'text'"):
        post.text = "b"
    with pytest.raises((FrozenInstanceError, TypeError)):
        post.other = "b"
    with pytest.raises(FrozenInstanceError, match="cannot delete field 'text'"):
        del post.text


@MAKERS
def test_it_is_equal_where_its_fields_are(dataclass: Callable[..., Any]) -> None:
    post, named, single, same, odd, _ = made(dataclass)
    assert post("a", hidden="x") == post("a", hidden="y")
    assert post("a") != post("b")
    assert post("a") != named(second=2)
    assert hash(named(second=2)) == hash(named(second=2))
    assert hash(single("x")) == hash(single("x")) == hash(("x",))
    assert same(1) != same(1)
    assert len({same(1), same(1)}) == 2
    assert (odd(1) == odd(2), hash(odd(1)), repr(odd(1))) == (True, 7, "odd")


@MAKERS
def test_it_shows_its_fields(dataclass: Callable[..., Any]) -> None:
    post, named, *_ = made(dataclass)
    assert repr(post("a", "b")).endswith("Post(id='a', text='b', tags=[])")
    assert repr(named(second=2)).endswith("Named(first=1, second=2)")


@MAKERS
def test_the_librarys_own_tools_work_on_it(dataclass: Callable[..., Any]) -> None:
    post = made(dataclass)[0]("a", tags=["x"])
    assert dataclasses.asdict(post) == {"id": "a", "text": "", "tags": ["x"], "hidden": ""}
    assert dataclasses.replace(post, text="b").text == "b"
    assert [f.name for f in dataclasses.fields(post)] == ["id", "text", "tags", "hidden"]
    assert copy.deepcopy(post) == post
    assert copy.deepcopy(post).tags is not post.tags


@MAKERS
def test_its_constructor_can_be_looked_at_before_it_is_called_too(
    dataclass: Callable[..., Any],
) -> None:
    post, named, *_ = made(dataclass)
    for _ in range(2):
        assert list(inspect.signature(post).parameters) == ["id", "text", "tags", "hidden"]
        assert inspect.signature(post).parameters["text"].default == ""
        assert str(inspect.signature(named)).startswith("(*, first: ")
        post("a")

    class Longer(post):  # type: ignore[misc,valid-type]
        """With nothing of its own."""

    assert Longer("b").id == "b"
    assert list(inspect.signature(Longer).parameters) == ["id", "text", "tags", "hidden"]


@MAKERS
def test_what_looks_at_its_values_first_is_asked(dataclass: Callable[..., Any]) -> None:
    checked = made(dataclass)[5]
    with pytest.raises(ValueError, match="below nothing"):
        checked(-1)


@frozen.dataclass(frozen=True, slots=True)
class Kept:
    """At the top of a module, where pickle finds it."""

    id: str
    text: str = ""


def test_it_goes_from_process_to_process() -> None:
    assert pickle.loads(pickle.dumps(Kept("a", "b"))) == Kept("a", "b")


def test_other_classes_are_the_librarys_own() -> None:
    @frozen.dataclass(slots=True)
    class Open:
        value: int

    @frozen.dataclass(frozen=True, slots=True, order=True)
    class Ordered:
        value: int

    changed = Open(1)
    changed.value = 2
    assert changed == Open(2)
    assert Ordered(1) < Ordered(2)
