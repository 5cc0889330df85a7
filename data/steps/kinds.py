"""`Step`: what is said of a step of a case, which is one of a class a kind.

A field is a fact; `data.steps.stored` writes it under its name, or under the `key` of its metadata. None, an
empty text and an empty tuple say nothing, except where an empty tuple may stand beside None. Some are not
said by who takes the step: the rules of the ladder add them, and the class says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from data.steps import asking, judging, keeping
from data.steps.codes import StepClass, StepKind

Step = StepClass
KINDS: Mapping[StepKind, type[Any]] = {
    each.kind: each
    for module in (judging, asking, keeping)
    for each in vars(module).values()
    if isinstance(each, type) and issubclass(each, StepClass) and each is not StepClass
}
"""The class of each kind."""
