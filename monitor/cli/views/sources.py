"""How the reading of a source ended, in words."""

from __future__ import annotations

from data.types import Outcome, SourceRun
from monitor.terminal.wording import outcome_words


def ended(run: SourceRun) -> str:
    """“read, 12 posts”; “blocked: the site asks for proof that …”."""
    said = outcome_words(run.outcome)
    if run.outcome is Outcome.OK:
        said += f", {run.mentions_read} {'post' if run.mentions_read == 1 else 'posts'}"
    return f"{said}: {run.detail}" if run.detail else said
