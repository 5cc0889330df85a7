"""Plain words for a verdict: what happened, without the post's text, title, address or author."""

from __future__ import annotations

from collections.abc import Sequence

from alerts.raise_alert import route_rank
from data.types import About, Relevance, Route, Severity, Verdict

WHO = {
    About.SCHOOL: "the school",
    About.STAFF: "a member of staff",
    About.PUPIL: "a pupil",
    About.HEAD: "the head",
    About.DSL: "the safeguarding lead",
    About.CHAIR: "the chair of governors",
    About.GOVERNOR: "a governor",
    About.OTHER: "somebody",
}

_SENTENCES = (
    ("threat", "A threat is made against {who}."),
    ("extremism", "Something here supports violent extremism."),
    ("hate", "Hate is aimed at {who}."),
    ("sexual", "A sexual remark is made about {who}."),
    ("impersonation", "An account or message poses as {who}."),
    ("privacy", "Private details of {who} are given."),
    ("defamation", "{Who} is accused of something serious, as a fact."),
    ("harassment", "{Who} is insulted or targeted."),
)

CHANNEL_NAMES = {
    "facebook": "Facebook",
    "x": "X",
    "google_review": "Google review",
    "reddit": "Reddit",
    "google_news": "news",
    "mumsnet": "Mumsnet",
    "manual_report": "reported by a person",
    "local_forum": "local forum",
    "school_review_site": "review site",
    "tiktok": "TikTok",
    "youtube": "YouTube",
    "instagram": "Instagram",
    "thestudentroom": "The Student Room",
    "bluesky": "Bluesky",
    "trustpilot": "Trustpilot",
    "blog": "blog or site",
    "wikipedia": "Wikipedia",
}

WHAT_NEXT = {
    Route.POLICE_NOW: "decide whether to ring 999 or 101",
    Route.SAFEGUARDING: "with the DSL",
    Route.REQUEST_REMOVAL: "speak to the author, ask for removal",
    Route.PLATFORM_REPORT: "report to the platform",
    Route.RESPOND: "answer",
    Route.THANK: "thank",
    Route.NOTE: "nothing to do",
    Route.IGNORE: "nothing to do",
}


_RELEVANCE = {
    Relevance.ABOUT: "About you",
    Relevance.UNSURE: "Perhaps about another school",
    Relevance.NOT_ABOUT: "Not about you",
}

_LABELS = {
    "threat": "a threat",
    "harassment": "insults",
    "hate": "hate",
    "sexual": "a sexual remark",
    "profanity": "swearing",
    "defamation": "an accusation",
    "privacy": "private details",
    "impersonation": "a false account",
    "extremism": "extremism",
    "safeguarding": "a child's safety",
    "self_harm": "self-harm",
}

_HOW_SOON = {Severity.THIS_HOUR: "act this hour: ", Severity.TODAY: "act today: "}


def gravest(verdicts: Sequence[Verdict]) -> Verdict:
    """The verdict a story is known by: severity first, then the route's order. Raises ValueError on none."""
    return max(verdicts, key=lambda v: (v.severity, route_rank(v.route), v.look, v.mention_id))


def describe(verdict: Verdict) -> str:
    """One sentence for a grave verdict; of a safeguarding matter only that there is one."""
    if verdict.route is Route.SAFEGUARDING:
        return "A safeguarding matter."
    named = verdict.subject_person and verdict.about in (About.SCHOOL, About.OTHER)
    who = "somebody at the school" if named else WHO[verdict.about]
    for label, sentence in _SENTENCES:
        if label in verdict.abuse:
            return sentence.format(who=who, Who=who[0].upper() + who[1:])
    return f"Something about {who} needs a decision."


def in_words(verdict: Verdict) -> str:
    """One line of plain words for any verdict: whose it is, its tone, whom it is about, what next."""
    parts = [_RELEVANCE[verdict.relevance]]
    if verdict.relevance is not Relevance.NOT_ABOUT:
        parts += [verdict.sentiment.value, f"about {WHO[verdict.about]}"]
        parts += [_LABELS[label] for label in verdict.abuse]
    parts.append(_HOW_SOON.get(verdict.severity, "") + WHAT_NEXT[verdict.route])
    return " · ".join([*parts, *(["worth a look"] if verdict.look else [])])
