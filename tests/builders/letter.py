"""Builders for the tests of letters: a case, its post, its school, and a draft of it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from builders.alert import EVERYBODY, SCHOOL
from builders.steps import as_stored

from alerts.ladder.rules import Rules
from alerts.letters.draft import draft
from alerts.letters.kinds import LetterDraft, LetterFacts, LetterKind, NoDraft
from alerts.letters.layout import write_draft
from alerts.next_date import Means
from data.cases import Asking, Case, CaseFile, CaseState, CaseStep, Consent, EvidenceFile, Post, Profile
from data.rungs import Rung
from data.steps.codes import Complainant, NoticeWay, Relationship, RungAnswer, StaffMatter, StepKind
from data.types import About, Person, Role, Route

NOW = datetime(2026, 11, 20, 10, tzinfo=UTC)
BEFORE = NOW - timedelta(days=9)
VALE = Person("vale", "Sam Vale", (Role.STAFF,), "sam.vale@example.org")
PEOPLE = (*EVERYBODY, VALE)
OAKFIELD = replace(SCHOOL, street="Larch Road", town="Northvale", postcode="ZA4 2QR")
PROFILE = Profile(
    complaints_url="https://oakfield.example.sch.uk/complaints",
    support="Our employee helpline, at any hour: 01632 960 001.",
)
POST = Post(
    "m1", "facebook", "post", "https://facebook.example.org/p/1", "Northvale Parent",
    "Unbelievable", "Mr Vale pinched forty pounds off the cake stall and laughed",
    BEFORE, BEFORE + timedelta(hours=2), NOW,
)  # fmt: skip
KEPT = EvidenceFile(
    "e1", "900001", "m1", "0007", "c1", "page.html", "0" * 64, "text/html", 10,
    BEFORE + timedelta(hours=3), "head", "page",
)  # fmt: skip
HOSTING = {
    "host": "chat.example.org", "domain": "example.org", "network": "Example Hosting Ltd",
    "network_abuse": "abuse@hosting.example", "registrar": "Example Registrar Ltd",
    "registrar_abuse": "abuse@registrar.example", "addresses": "192.0.2.7", "nominet": "no",
}  # fmt: skip


def a_case(**changes):
    """A post on Facebook, by a parent, that removal is sought of."""
    case = Case(
        "0007", "900001", "s-one", BEFORE, "head", Route.REQUEST_REMOVAL, About.STAFF, "C11", "C11",
        CaseState.SEEKING, mention_id="m1", channel="facebook", decision="seek", target="vale", captures=1,
        relationship=Relationship.PARENT,
    )  # fmt: skip
    return replace(case, **changes)


def a_file(case, post=POST, steps=()):
    return CaseFile(case, steps, post, (), (KEPT,) if case.captures else ())


def rules(nation="england", profile=PROFILE, people=PEOPLE):
    return Rules(profile, replace(OAKFIELD, nation=nation), people, Means())


def asked(rung, kind="", answer=None, **more):
    asking = Asking(rung, "head", BEFORE + timedelta(days=1), kind, answer=answer)
    return replace(asking, **more)


def step(n, kind, days, /, **facts):
    at = BEFORE + timedelta(days=days)
    told, otherwise = as_stored(kind, facts)
    return CaseStep("0007", n, "900001", told, "head", at, at, otherwise=otherwise)


def written(kind, case, facts, **more):
    """`more`: rules, and the post and steps of the file."""
    by = more.pop("rules", None) or rules()
    return draft(kind, a_file(case, **more), LetterFacts(NOW, "en", facts), by)


SEEN = (step(2, StepKind.EVIDENCE, 1, kind="page"),)


def whole(kind, case, facts, **more):
    made = written(kind, case, facts, **more)
    assert isinstance(made, LetterDraft), made
    return made


REPORTED = asked(Rung.PLATFORM_REPORT, "", RungAnswer.REFUSED, reference="FB-123")
DEFAMED = a_case(
    content_class="C7", proposed_class="C7", relationship=Relationship.UNKNOWN, channel="local_forum",
    complainant=Complainant.STAFF, complainant_person="vale",
)  # fmt: skip
ON_A_FORUM = replace(POST, channel="local_forum", url="https://forum.example.org/t/7#3")
THREAT = a_case(
    content_class="C6", proposed_class="C6", route=Route.POLICE_NOW, consent=Consent.GIVEN,
    relationship=Relationship.UNKNOWN,
)  # fmt: skip
THREAT_STEPS = (
    step(1, StepKind.OPENED, 0), step(2, StepKind.EVIDENCE, 1, kind="page"),
    step(3, StepKind.DECIDED, 1, decision="seek"), step(4, StepKind.CONSENT_GIVEN, 1, person="vale"),
    step(5, StepKind.ASKED, 1, rung="platform_report"),
    step(6, StepKind.ANSWERED, 3, rung="platform_report", result="refused"),
)  # fmt: skip
FAIR = a_case(
    content_class="C0", proposed_class="C0", state=CaseState.FAIR_COMMENT, decision=None, fair=True,
    target=None, about=About.SCHOOL, route=Route.RESPOND,
)  # fmt: skip
S5 = {
    "statement": "He pinched forty pounds off the cake stall",
    "defames": "It says that I steal from the children I teach with.",
    "meaning": "That I took money that belongs to the school.",
    "wrong": "I was not at the stall. The takings were counted by two others and were complete.",
    "no_details": "yes", "share_name": "no", "share_email": "no",
}  # fmt: skip
STOLEN = a_case(
    content_class="C8", proposed_class="C8", about=About.SCHOOL, target=None, channel="blog",
    relationship=Relationship.UNKNOWN,
)  # fmt: skip
ON_A_BLOG = replace(POST, channel="blog", url="https://blog.example.org/losers")
OF_OWNER = {
    "works": "Twelve photographs of our sports day of 2025, in the gallery at https://oakfield.example.sch.uk/day",
    "material": "All twelve pictures under the heading “Losers”", "host": "Example Hosting Inc",
    "law": "us", "telephone": "01632 960 002", "email": "office@oakfield.example.org", "good_faith": "yes",
    "authority": "yes",
}  # fmt: skip
PARENTS = OF_OWNER | {
    "owner": "parent", "name": "Ms Pat Example", "address": "1 Elm Road, Northvale",
    "email": "pat@example.org",
}  # fmt: skip
YOUNG = a_case(
    content_class="C4", channel="instagram", relationship=Relationship.PUPIL, referred_to=("pastoral",),
    target=None, about=About.PUPIL,
)  # fmt: skip
EXAMPLES: dict[LetterKind, tuple[Case, dict[str, str], dict[str, object]]] = {
    LetterKind.PARENT_INVITATION: (
        a_case(),
        {"to": "Ms Example", "meeting": "Thursday at 15:30, in my office"},
        {},
    ),
    LetterKind.PARENT_REMOVAL: (
        a_case(askings=(asked(Rung.AUTHOR_REQUEST, "conversation"),)),
        {"to": "Ms Example", "address": "1 Larch Road, Northvale"},
        {},
    ),
    LetterKind.COMPLAINTS_PROCEDURE: (FAIR, {"to": "Ms Example", "contact": "01632 960 002"}, {}),
    LetterKind.AUTHOR_REMOVAL: (
        a_case(relationship=Relationship.UNKNOWN, channel="local_forum"),
        {"contact": "01632 960 002"},
        {"post": ON_A_FORUM},
    ),
    LetterKind.STAFF_REMOVAL: (
        a_case(relationship=Relationship.STAFF, staff_matter=StaffMatter.NONE),
        {"to": "Mr Example"},
        {},
    ),
    LetterKind.PLATFORM_REPORT: (
        a_case(),
        {"why": "It may bring angry people to the door of somebody with small children."},
        {"steps": SEEN},
    ),
    LetterKind.ACCOUNT_REPORT: (
        a_case(content_class="C2", channel="tiktok"),
        {
            "profile": "https://www.tiktok.com/@northvale_exposed",
            "items": "https://www.tiktok.com/@northvale_exposed/video/1 and /video/2",
            "why": "It shows staff at work and invites others to mock them.",
        },
        {"post": replace(POST, channel="tiktok", url="https://www.tiktok.com/@northvale_exposed/video/1")},
    ),
    LetterKind.UNDER_AGE_REPORT: (YOUNG, {"profile": "https://www.instagram.com/northvale_kid"}, {}),
    LetterKind.PLATFORM_APPEAL: (
        a_case(askings=(REPORTED,)),
        {
            "answer": "that it does not go against your rules",
            "why": "The street and the car together lead to one house.",
        },
        {},
    ),
    LetterKind.MUMSNET: (
        a_case(channel="mumsnet"),
        {"why": "It gives where somebody lives, who may be at risk there."},
        {"post": replace(POST, channel="mumsnet", url="https://www.mumsnet.com/talk/7")},
    ),
    LetterKind.WIKIPEDIA: (
        a_case(
            channel="wikipedia",
            content_class="C7",
            relationship=Relationship.UNKNOWN,
            target=None,
            about=About.SCHOOL,
        ),
        {
            "wrong": "The article says that the school was closed in May. It was not.",
            "source": "https://gazette.example.org/open",
        },
        {"post": replace(POST, channel="wikipedia", url="https://en.wikipedia.org/wiki/Oakfield")},
    ),
    LetterKind.ARCHIVE_REQUEST: (
        a_case(channel="archive_org"),
        {"why": "It gives where somebody lives, who may be at risk there.", "contact": "01632 960 002"},
        {
            "post": replace(
                POST, channel="archive_org", url="https://web.archive.org/web/2026/https://blog.example.org/1"
            )
        },
    ),
    LetterKind.SEARCH_RESULT: (
        DEFAMED,
        {"why": "It says of me as a fact what is not so, and is the first thing that is found by my name."},
        {"post": ON_A_FORUM},
    ),
    LetterKind.COPYRIGHT_NOTICE: (STOLEN, {"owner": "school", **OF_OWNER}, {"post": ON_A_BLOG}),
    LetterKind.S5_NOTICE: (DEFAMED, S5 | {"operator": "Northvale Chat"}, {"post": ON_A_FORUM}),
    LetterKind.HOST_ABUSE: (
        replace(DEFAMED, hosting=HOSTING, askings=(asked(Rung.HOST, "s5"),)),
        {"why": "The third reply may be defamatory of a member of staff."},
        {"post": ON_A_FORUM},
    ),
    LetterKind.REGISTRAR_ABUSE: (
        a_case(
            content_class="C12",
            channel="blog",
            relationship=Relationship.UNKNOWN,
            hosting=HOSTING | {"domain": "pay.example.sch.uk", "nominet": "yes"},
            askings=(asked(Rung.HOST, "host"),),
        ),
        {"why": "It looks like our payment page and may take parents’ money.", "crime_reference": "CR/1"},
        {"post": replace(POST, channel="blog", url="https://pay.example.sch.uk/")},
    ),
    LetterKind.ISP_TERMS: (
        replace(
            DEFAMED,
            hosting=HOSTING,
            askings=(asked(Rung.HOST, "s5"), asked(Rung.HOST, "host", RungAnswer.REFUSED)),
        ),
        {
            "why": "The third reply says as a fact that a member of our staff stole.",
            "contact": "01632 960 002",
        },
        {"post": ON_A_FORUM},
    ),
    LetterKind.POSH: (
        a_case(askings=(REPORTED,)),
        {"why": "It is still there after nine days. Can you reach somebody?", "contact": "01632 960 002"},
        {"steps": THREAT_STEPS},
    ),
    LetterKind.RHC: (
        a_case(
            content_class="C2", askings=(REPORTED,), complainant=Complainant.STAFF, complainant_person="vale"
        ),
        {
            "age_13": "yes",
            "harm": "bullying or harassment",
            "why": "Strangers have rung at my door twice.",
            "answer": "It does not go against our rules.",
        },
        {},
    ),
    LetterKind.POLICE: (
        THREAT,
        {
            "force": "Northvale Police",
            "why": "It says that somebody will be waited for at the gate.",
            "danger": "We do not know who wrote it. The school is open tomorrow from 08:00.",
            "contact": "01632 960 002",
        },
        {"steps": THREAT_STEPS},
    ),
    LetterKind.THANKS: (replace(FAIR, route=Route.THANK), {"theme": "events"}, {}),
    LetterKind.REPLY: (
        FAIR,
        {
            "theme": "traffic",
            "contact": "01632 960 002",
            "answer_given": "We have asked the council for a crossing.",
        },
        {},
    ),
    LetterKind.HOLDING_LINE: (a_case(), {}, {}),
    LetterKind.PRESS_REPLY: (
        replace(FAIR, enquiry=True),
        {"answer_given": "The gates open at half past eight."},
        {},
    ),
    LetterKind.CONSENT_REQUEST: (replace(THREAT, consent=Consent.NOT_ASKED), {}, {}),
    LetterKind.SUPPORT_OFFER: (THREAT, {"meeting": "today at 14:00, in my office"}, {}),
    LetterKind.SOLICITOR_FACTS: (
        DEFAMED,
        {"contact": "01632 960 002"},
        {"post": ON_A_FORUM, "steps": THREAT_STEPS[1:3]},
    ),
    LetterKind.RECORDED_FOR_YOU: (
        replace(
            THREAT,
            consent_by="head",
            consent_told=NoticeWay.OWED,
            support_by="dsl",
            support_told=NoticeWay.MAIL,
        ),
        {},
        {"steps": (*THREAT_STEPS, step(7, StepKind.SUPPORT, 3, status="offered"))},
    ),
    LetterKind.BREACH_REPORT: (
        a_case(content_class="C1", proposed_class="C1"),
        {
            "to": "Dee Fern",
            "learnt": "11 November 2026, 10:00",
            "concerned": "About 30 pupils and their parents",
            "records": "30 reports with special needs",
            "effects": "Some may be teased at school",
            "measures": "The platform was asked to take it down",
            "contact": "01632 960 002",
        },
        {},
    ),
}
"""Each kind with a case that it is for and what a person gave."""


def changed(kind, given=(), /, **changes):
    """Its example with more given, or changes of the case, its post, steps or rules."""
    case, facts, more = EXAMPLES[kind]
    files = {name: changes.pop(name) for name in ("post", "steps", "rules") if name in changes}
    return written(kind, replace(case, **changes), facts | dict(given), **(more | files))


def example(kind, given=(), /, **changes):
    made = changed(kind, given, **changes)
    assert isinstance(made, LetterDraft), made
    return made


def asks(made):
    assert isinstance(made, NoDraft), made
    return [want.fact for want in made.wanted]


def all_of(made):
    """Everything that stands in it."""
    return "\n".join((write_draft(made), made.title, made.subject))
