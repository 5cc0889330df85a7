"""The command that would satisfy a guard, where one would."""

from __future__ import annotations

from data.web.channels import Keeping, channel

_BY_GUARD = {
    "class_set": "classify {0} C… --as {1} --why “…”",
    "evidence_held": "capture {0} --as {1}",
    "weighed": "step weigh {0} --nature “…” --visible “…” --spread “…” --impact “…” --as {1}",
    "decided_to_seek": "step decide {0} --seek --as {1} --why “…”",
    "decider_of_rung": "step decide {0} --seek --as {1} --why “…”",
    "author_known": "step author {0} --relationship … --as {1}",
    "conversation_first": "step ask {0} --rung author-request --kind conversation --as {1}",
    "author_first": "step ask {0} --rung author-request --as {1}",
    "place_known": "step place {0} PLACE --as {1}",
    "platform_first": "step ask {0} --rung platform-report --as {1}",
    "posh_after_platform": "step ask {0} --rung platform-report --as {1}",
    "hosting_known": "host {0} --as {1}",
    "host_first": "step ask {0} --rung host --kind host --as {1}",
    "pupil_referred": "step referred {0} --to pastoral --as {1}",
    "pupil_letters": "step referred {0} --to pastoral --as {1}",
    "s5_individual": "step complainant {0} --who staff --person … --as {1}",
    "rhc_individual": "step complainant {0} --who staff --person … --as {1}",
    "target_named": "step target {0} --person … --as {1}",
    "target_no_subject": "step target {0} --person … --accuses-nobody --as {1} --why “…”",
    "reason_to_clear": "step target {0} --person … --accuses-nobody --as {1} --why “…”",
    "consent": "consent ask {0} --how … --as {1}",
    "consent_asked": "consent ask {0} --how … --as {1}",
    "consent_told": "letter {0} recorded_for_you --out letters --as {1}",
    "consent_was_given": "consent refuse {0} --as {1}",
    "consent_person": "step target {0} --person … --as {1}",
    "chronology_person": "step target {0} --person … --as {1}",
    "imminent_reason": "note {0} “…” --as {1}",
    "support_offered": "support offered {0} --as {1}",
    "referred": "step referred {0} --to … --as {1}",
    "responded": "step responded {0} --how … --as {1}",
    "two_checks": "recheck {0} --as {1}",
    "said_gone": "recheck {0} --as {1}",
    "already_asked": "step answered {0} --rung … --result … --as {1}",
    "was_asked": "step ask {0} --rung … --as {1}",
    "lane": "step referred {0} --to … --as {1}",
    "fair_comment": "classify {0} C… --as {1} --why “…”",
    "second_person": "classify {0} C… --as {1} --why “…”",
    "closed": "reopen {0} --as {1} --why “…”",
}


def remedy_command(guard: str, number: str, person: str, place: str = "") -> str | None:
    """That command for this case and person, None where it is no command that is wanting.

    At a `place` whose pages are a wall, evidence is what somebody hands in.
    """
    template = _BY_GUARD.get(guard)
    if guard == "evidence_held" and place and channel(place).keeping is not Keeping.PAGE:
        template = "capture {0} --file FILE --as {1}"
    return template and f"schoolgate case {template.format(number, person)}"
