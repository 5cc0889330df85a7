"""What judging is given: the schools and their people, the rules, what links, what scores."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Protocol, TypeAlias

from alerts.means import Means
from classifiers.verdicts.thresholds import Thresholds
from data.people import PeopleBySchool
from data.types import Alert, Match, Mention, Person, Policy, Role, School, Source
from monitor.pipeline.recent import Recent

if TYPE_CHECKING:
    from classifiers.scoring.heads import TextScorer
    from data.store.engine.connect import Connection
    from monitor.config.settings import ModelSettings


OpenCases: TypeAlias = "Callable[[Connection, Sequence[Alert], datetime], None]"


class Linking(Protocol):
    """Says which schools mentions are about: `classifiers.linking.linker.Linker`, or a stand-in for it."""

    def link(
        self, mentions: Sequence[Mention], source: Source, about: Collection[tuple[str, str]] = ()
    ) -> list[tuple[Match, ...]]: ...


@dataclass(frozen=True, slots=True)
class Judges:
    """What judging needs, made once per command: schools, people, rules and the model.

    `means` says, by urn, how a school's people are reached; `first_assessors` who looks at a matter
    first by its own policy. `secret` is the home's, with which what was erased is known again. `open_cases`
    opens the cases that alerts begin, in the transaction that saves them. `recent` is what new mentions are
    folded with.
    """

    schools: Mapping[str, School]
    people: tuple[Person, ...]
    policy: Policy
    linker: Linking
    scorer: Callable[[], TextScorer]
    thresholds: Thresholds
    means: Callable[[str], Means] = lambda urn: Means()
    first_assessors: Mapping[str, Role] = field(default_factory=dict)
    secret: Callable[[], bytes] = bytes
    open_cases: OpenCases = lambda con, alerts, now: None
    recent: Recent = field(default_factory=Recent)
    _by_school: PeopleBySchool = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_school", PeopleBySchool(self.people))

    def people_of(self, urn: str) -> tuple[Person, ...]:
        """The people of one configured school, in their order; the same tuple each time."""
        return self._by_school.of(self.schools[urn])

    def policy_of(self, urn: str) -> Policy:
        """The rules with the school's own first assessor, where its policy names one."""
        return replace(self.policy, first_assessor=self.first_assessors.get(urn, self.policy.first_assessor))


def scorer(model: ModelSettings) -> TextScorer:
    """The configured model; it is loaded at its first text."""
    if model.name:
        from classifiers.scoring.huggingface_scorer import HuggingFaceScorer

        return HuggingFaceScorer(model.name, model.labels)
    from classifiers.scoring.onnx_scorer import Scorer

    return Scorer(threads=model.threads or os.cpu_count() or 1)
