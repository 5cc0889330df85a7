"""The written policies of a school, as the settings name them: which hold, and in which version."""

from __future__ import annotations

from dataclasses import replace

from data.cases import Event
from data.steps.judging import Decided
from data.types import School
from monitor.config.load import Config
from monitor.config.settings import WrittenPolicy


def held_by(config: Config, school: School) -> tuple[WrittenPolicy, ...]:
    """Those that hold for the school: for all schools, for it, or for one of its members."""
    keys = {school.urn, *school.members}
    return tuple(p for p in config.policies if not p.schools or keys & set(p.schools))


def in_force(config: Config, school: School) -> str:
    """Their titles and versions in one line, “Social media policy, version 3”; "" where none is named."""
    return "; ".join(_cited(policy) for policy in held_by(config, school))


def with_policy(event: Event, config: Config, school: School) -> Event:
    """A decision with the policy that it was made under, so that a later one cannot be taken for it."""
    cited = in_force(config, school)
    if not isinstance(event.said, Decided) or not cited or event.said.policy:
        return event
    return replace(event, said=replace(event.said, policy=cited))


def _cited(policy: WrittenPolicy) -> str:
    approved = f"approved {policy.approved_on}" if policy.approved_on else ""
    version = f"version {policy.version}" if policy.version else approved
    return f"{policy.title}, {version}" if version else policy.title
