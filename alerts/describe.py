"""Plain words for a verdict: what happened, without the post's text, title, address or author."""

from __future__ import annotations

from collections.abc import Sequence

from alerts.raise_alert import route_rank
from data.types import About, Route, Verdict

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


def gravest(verdicts: Sequence[Verdict]) -> Verdict:
    """The verdict a story is known by: severity first, then the route's order. Raises ValueError on none."""
    return max(verdicts, key=lambda v: (v.severity, route_rank(v.route), v.look, v.mention_id))


def describe(verdict: Verdict) -> str:
    """One sentence for a grave verdict; of a safeguarding matter only that there is one."""
    if verdict.route is Route.SAFEGUARDING:
        return "A safeguarding matter."
    who = WHO[verdict.about]
    for label, sentence in _SENTENCES:
        if label in verdict.abuse:
            return sentence.format(who=who, Who=who[0].upper() + who[1:])
    return f"Something about {who} needs a decision."
