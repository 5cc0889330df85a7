"""Prints docs/letters/, every kind of letter in each variant, in English and Welsh, from invented cases, and
the table of kinds in docs/letters.md:
PYTHONPATH=. python docs/print_letters.py
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from alerts.ladder.rules import Rules
from alerts.letters.allowed import refusal
from alerts.letters.draft import draft
from alerts.letters.kinds import SPECS, LetterDraft, LetterFacts, LetterKind
from alerts.letters.layout import text
from alerts.next_date import Means
from data.cases import (
    Asking,
    Assessment,
    Case,
    CaseFile,
    CasePlace,
    CaseState,
    CaseStep,
    Consent,
    EvidenceFile,
    Post,
    Profile,
)
from data.rungs import Rung
from data.steps.codes import Complainant, HowTold, PlaceRole, Relationship, RungAnswer, StepKind
from data.steps.stored import read_stored
from data.types import About, Person, Role, Route, School
from data.words.say import LANGUAGES, words

FOLDER = Path(__file__).resolve().parent / "letters"
NOW = datetime(2026, 11, 20, 10, tzinfo=UTC)
SEEN = NOW - timedelta(days=9)
_WIDTH = 96
_URN = "900001"
_NATIONS = {"en": "england", "cy": "wales"}
_PEOPLE = (
    Person("head", "Mrs Gwen Harrow", (Role.HEAD,), "head@oakfield.example.org"),
    Person("dsl", "Mr Idris Penrose", (Role.DSL,), "dsl@oakfield.example.org"),
    Person("chair", "Ms Ada Wills", (Role.CHAIR,), "chair@oakfield.example.org"),
    Person("vale", "Mr Sam Vale", (Role.STAFF,), "s.vale@oakfield.example.org"),
)
_SCHOOLS = {
    "en": School(
        urn=_URN, name="Oakfield Primary School", street="Larch Road", town="Northvale",
        postcode="ZA4 2QR",
    ),
    "cy": School(
        urn=_URN, name="Ysgol Gynradd Derwen", street="Ffordd y Llarwydd", town="Northvale",
        postcode="ZA4 2QR", language="cy",
    ),
}  # fmt: skip
_SUPPORT = {
    "en": "Our employee helpline, at any hour: 01632 960 001.",
    "cy": "Ein llinell gymorth i weithwyr, ar unrhyw adeg: 01632 960 001.",
}


def _post(channel: str, url: str, said: str, author: str | None = "Northvale Parent") -> Post:
    return Post("m1", channel, "post", url, author, None, said, SEEN, SEEN + timedelta(hours=2), NOW)


ON_FACEBOOK = _post(
    "facebook",
    "https://facebook.example.org/p/1",
    "He lives in Larch Road and drives the grey Astra. Ring his bell!",
)
ON_A_FORUM = _post(
    "local_forum",
    "https://forum.example.org/t/7#3",
    "“Mr Vale” pocketed £40 from the Year 6 cake stall 🧁\n\nAsk Ŵyn’s mam, she saw it.",
    "cakewatch",
)
A_THREAT = _post(
    "x", "https://x.example.org/post/9", "Vale, I'll be at the gate tonight with my bat.", "quiet_corner"
)
A_REVIEW = _post(
    "school_review_site", "https://reviews.example.org/oakfield/3", "They never ring back. Three weeks now."
)
ON_MUMSNET = replace(ON_A_FORUM, channel="mumsnet", url="https://www.mumsnet.com/talk/example/7")
ON_WIKIPEDIA = _post(
    "wikipedia", "https://en.wikipedia.org/wiki/Example", "The school closed in May.", "192.0.2.9"
)
ON_TIKTOK = _post(
    "tiktok", "https://video.example.org/@northvale_exposed/1", "guess who", "northvale_exposed"
)
IN_AN_ARCHIVE = _post(
    "archive_org", "https://web.archive.org/web/20261111/https://forum.example.org/t/7", "Ask Vale.", None
)
STOLEN_PICTURES = _post("blog", "https://blog.example.org/losers", "Losers", None)
A_FALSE_PAGE = _post("blog", "https://pay.example.sch.uk/", "Pay for the school trip here", None)
_HOSTING = {
    "host": "forum.example.org", "domain": "example.org", "network": "Example Hosting Ltd",
    "network_abuse": "abuse@hosting.example", "registrar": "Example Registrar Ltd",
    "registrar_abuse": "abuse@registrar.example", "addresses": "192.0.2.7",
}  # fmt: skip


def _case(content_class: str, channel: str, **more: object) -> Case:
    case = Case(
        "736204", _URN, "s-1", SEEN, "head", Route.REQUEST_REMOVAL, About.STAFF, content_class, content_class,
        CaseState.SEEKING, mention_id="m1", channel=channel, decision="seek", target="vale", captures=1,
    )  # fmt: skip
    return replace(case, **more)  # type: ignore[arg-type]


def _asked(rung: Rung, kind: str = "", answer: RungAnswer | None = None, reference: str = "") -> Asking:
    return Asking(rung, "head", SEEN + timedelta(days=1), kind, reference=reference, answer=answer)


def _step(n: int, kind: StepKind, days: int, /, **facts: str) -> CaseStep:
    at = SEEN + timedelta(days=days)
    return CaseStep("736204", n, _URN, read_stored(kind, facts)[0], "head", at, at)


_TALKED = replace(
    _asked(Rung.AUTHOR_REQUEST, "conversation", RungAnswer.REFUSED), talked_at=SEEN + timedelta(days=2)
)
_REFUSED = _asked(Rung.PLATFORM_REPORT, "", RungAnswer.REFUSED, "FB-123")
PRIVATE = _case("C11", "facebook", relationship=Relationship.PARENT)
DEFAMED = _case("C7", "local_forum", complainant=Complainant.STAFF, complainant_person="vale")
HOSTED = replace(DEFAMED, hosting=_HOSTING, askings=(_asked(Rung.HOST, "s5"),))
THREAT = _case("C6", "x", route=Route.POLICE_NOW, consent=Consent.GIVEN)
FAIR = _case(
    "C0", "school_review_site", state=CaseState.FAIR_COMMENT, decision=None, fair=True, target=None,
    about=About.SCHOOL, route=Route.RESPOND, relationship=Relationship.PARENT,
)  # fmt: skip
FALSE_PAGE = _case(
    "C12", "blog", target=None, about=About.SCHOOL,
    hosting=_HOSTING | {"domain": "pay.example.sch.uk", "nominet": "yes"},
    askings=(_asked(Rung.HOST, "host"),),
)  # fmt: skip
STOLEN = _case("C8", "blog", target=None, about=About.SCHOOL)
_OF_OWNER = (
    "owner",
    "works",
    "material",
    "host",
    "law",
    "telephone",
    "email=office",
    "good_faith",
    "authority",
)
_OF_PARENT = (
    *("owner=parent", "works=parent", "material=parent", "host", "law", "telephone", "email=parent"),
    *("good_faith", "authority", "name=parent", "address"),
)
_KEPT = _step(2, StepKind.EVIDENCE, 1, kind="page", capture="c1", manifest="0" * 64, files="1")
_BACK = _step(6, StepKind.CAME_BACK, 7)
_SO_FAR = (
    _step(1, StepKind.OPENED, 0, story="s-1", route="request_removal", proposed_class="C11", about="staff"),
    _KEPT,
    _step(3, StepKind.DECIDED, 1, decision="seek"),
    _step(4, StepKind.ASKED, 1, rung="platform_report"),
    _step(5, StepKind.ANSWERED, 3, rung="platform_report", result="refused"),
)
_FOR_A_SOLICITOR = (
    _step(1, StepKind.OPENED, 0, story="s-1", route="request_removal", proposed_class="C7", about="staff"),
    _KEPT,
    _step(3, StepKind.ASKED, 2, rung="host", kind="s5", sender="solicitor"),
    _step(4, StepKind.ANSWERED, 6, rung="host", kind="s5", result="refused"),
)
_ARCHIVED = "https://web.archive.org/web/20261113/https://forum.example.org/t/7"
_AT_THREE = (
    CasePlace(n=2, role=PlaceRole.MIRROR, url="https://mirror.example.org/t/7", channel="blog"),
    CasePlace(n=3, role=PlaceRole.ARCHIVE, url=_ARCHIVED, channel="archive_org", said_gone_at=NOW),
)
_MORE = (
    _step(11, StepKind.COPY_FOUND, 3, url=_AT_THREE[0].url, what="mirror", channel="blog"),
    _step(12, StepKind.COPY_FOUND, 3, url=_ARCHIVED, what="archive", channel="archive_org"),
    _step(13, StepKind.ASKED, 4, rung="platform_report", channel="archive_org", place="3"),
    _step(14, StepKind.ANSWERED, 8, rung="platform_report", result="removed", place="3"),
    _step(15, StepKind.EVIDENCE, 4, kind="page", capture="c2", manifest="1" * 64, files="1", place="2"),
)
_WEIGHED = Assessment(
    "says as a fact that he stole", "nine days, to anybody", "one thread of 31 replies, and a mirror",
    "parents have asked the head whether it is so", "head", SEEN + timedelta(days=1),
)  # fmt: skip
_AGREED = _step(7, StepKind.CONSENT_GIVEN, 1, person="vale")
_OVERRIDDEN = _step(8, StepKind.CONSENT_OVERRIDDEN, 2, ground="risk_to_life")
_RANG = _step(9, StepKind.ASKED, 1, rung="police", imminent="yes", reference="CAD 12")

_S5 = ("defames", "meaning", "wrong", "no_details", "share_name", "share_email", "operator")
_POLICE = ("force", "why=threat", "danger", "contact", "seen")
K = LetterKind
Variant = tuple[str, Case, Post, tuple[str, ...], tuple[CaseStep, ...]]
VARIANTS: Mapping[LetterKind, tuple[Variant, ...]] = {
    K.PARENT_INVITATION: (
        ("Private details, and no words singled out", PRIVATE, ON_FACEBOOK, ("to", "meeting"), ()),
        ("Certain words asked for", PRIVATE, ON_FACEBOOK, ("to", "meeting", "words=facebook"), ()),
        ("Fair comment: nothing is asked to go", FAIR, A_REVIEW, ("to", "meeting"), ()),
    ),
    K.PARENT_REMOVAL: (
        (
            "After the conversation",
            replace(PRIVATE, askings=(_TALKED,)),
            ON_FACEBOOK,
            ("to", "address"),
            (),
        ),
        (
            "The invitation was not answered",
            replace(PRIVATE, askings=(_asked(Rung.AUTHOR_REQUEST, "conversation", RungAnswer.NONE),)),
            ON_FACEBOOK,
            ("to", "words=facebook"),
            (),
        ),
        (
            "They refused, and no conversation is recorded",
            replace(PRIVATE, askings=(_asked(Rung.AUTHOR_REQUEST, "conversation", RungAnswer.REFUSED),)),
            ON_FACEBOOK,
            ("to",),
            (),
        ),
    ),
    K.COMPLAINTS_PROCEDURE: (("", FAIR, A_REVIEW, ("to", "contact"), ()),),
    K.AUTHOR_REMOVAL: (("", DEFAMED, ON_A_FORUM, ("contact",), ()),),
    K.PLATFORM_REPORT: (
        ("From the school", PRIVATE, ON_FACEBOOK, ("why=street",), (_KEPT,)),
        (
            "From the person it is about, with the words",
            replace(PRIVATE, complainant=Complainant.STAFF, complainant_person="vale"),
            ON_FACEBOOK,
            ("why=street", "words=facebook"),
            (_KEPT,),
        ),
        (
            "About a pupil: neither words nor a name",
            replace(PRIVATE, about=About.PUPIL),
            ON_FACEBOOK,
            ("why=street",),
            (),
        ),
        (
            "Under section 141F: the address alone",
            replace(PRIVATE, locked=True),
            ON_FACEBOOK,
            ("why=street",),
            (_KEPT,),
        ),
        ("It came back", PRIVATE, ON_FACEBOOK, ("why=street",), (_KEPT, _BACK)),
    ),
    K.ACCOUNT_REPORT: (
        (
            "One that mocks members of staff",
            _case("C2", "tiktok"),
            ON_TIKTOK,
            ("profile", "items", "why=mocked"),
            (),
        ),
        (
            "One that poses as the school",
            _case("C12", "tiktok", target=None, about=About.SCHOOL),
            ON_TIKTOK,
            ("profile", "posed_as", "why=money"),
            (),
        ),
    ),
    K.PLATFORM_APPEAL: (
        ("", replace(PRIVATE, askings=(_REFUSED,)), ON_FACEBOOK, ("answer", "why=street"), ()),
    ),
    K.MUMSNET: (
        ("A report", replace(DEFAMED, channel="mumsnet"), ON_MUMSNET, ("why=untrue",), ()),
        (
            "After it, for defamation: a formal complaint",
            replace(DEFAMED, channel="mumsnet", askings=(_REFUSED,)),
            ON_MUMSNET,
            _S5[:-1],
            (),
        ),
    ),
    K.WIKIPEDIA: (
        (
            "On the talk page",
            _case("C7", "wikipedia", target=None, about=About.SCHOOL),
            ON_WIKIPEDIA,
            ("wrong=wiki", "source"),
            (),
        ),
        ("To oversight: a private matter", _case("C11", "wikipedia"), ON_WIKIPEDIA, ("wrong=line",), ()),
    ),
    K.ARCHIVE_REQUEST: (
        ("", _case("C7", "archive_org"), IN_AN_ARCHIVE, ("why=untrue", "contact"), (_KEPT,)),
    ),
    K.SEARCH_RESULT: (("", DEFAMED, ON_A_FORUM, ("why=found",), ()),),
    K.COPYRIGHT_NOTICE: (
        ("The school’s pictures, a host in the United States", STOLEN, STOLEN_PICTURES, _OF_OWNER, ()),
        (
            "The school’s pictures, a host in the United Kingdom",
            STOLEN,
            STOLEN_PICTURES,
            (*(fact for fact in _OF_OWNER if fact != "host"), "host=uk", "law=uk"),
            (),
        ),
        (
            "A parent’s own pictures",
            replace(STOLEN, complainant=Complainant.PARENT),
            STOLEN_PICTURES,
            _OF_PARENT,
            (),
        ),
    ),
    K.S5_NOTICE: (
        (
            "The whole post is the statement; the name may be passed on, the address not",
            DEFAMED,
            ON_A_FORUM,
            _S5,
            (),
        ),
        (
            "A part of it is the statement; neither may be passed on",
            DEFAMED,
            ON_A_FORUM,
            (*_S5, "statement", "share_name=no"),
            (),
        ),
    ),
    K.HOST_ABUSE: (
        ("The operator did not answer", HOSTED, ON_A_FORUM, ("why=untrue", "contact"), (_KEPT,)),
        ("It came back", HOSTED, ON_A_FORUM, ("why=untrue", "contact"), (_KEPT, _BACK)),
    ),
    K.REGISTRAR_ABUSE: (("", FALSE_PAGE, A_FALSE_PAGE, ("why=money", "crime_reference"), (_KEPT,)),),
    K.ISP_TERMS: (
        ("To the hosting network", HOSTED, ON_A_FORUM, ("why=untrue", "contact"), ()),
        (
            "To the registrar, after the host refused",
            replace(HOSTED, askings=(*HOSTED.askings, _asked(Rung.HOST, "host", RungAnswer.REFUSED))),
            ON_A_FORUM,
            ("why=untrue", "contact"),
            (_BACK,),
        ),
    ),
    K.SOLICITOR_FACTS: (
        ("One place, and nobody has weighed it", HOSTED, ON_A_FORUM, ("contact",), _FOR_A_SOLICITOR),
        (
            "Three places",
            replace(
                HOSTED,
                others=_AT_THREE,
                weighed=_WEIGHED,
                askings=(_asked(Rung.HOST, "s5", RungAnswer.REFUSED),),
            ),
            ON_A_FORUM,
            ("contact",),
            (*_FOR_A_SOLICITOR, *_MORE),
        ),
    ),
    K.POSH: (
        (
            "",
            replace(PRIVATE, askings=(_REFUSED,)),
            ON_FACEBOOK,
            ("why=posh", "contact", "words=facebook"),
            _SO_FAR,
        ),
    ),
    K.RHC: (
        (
            "",
            _case(
                "C2",
                "facebook",
                askings=(_REFUSED,),
                complainant=Complainant.STAFF,
                complainant_person="vale",
            ),
            ON_FACEBOOK,
            ("age_13", "harm", "why=door", "answer"),
            (),
        ),
    ),
    K.POLICE: (
        ("With consent", THREAT, A_THREAT, _POLICE, (*_SO_FAR, _AGREED)),
        (
            "After 999, before anybody could be asked",
            replace(THREAT, consent=Consent.NOT_ASKED, askings=(_asked(Rung.POLICE),)),
            A_THREAT,
            _POLICE,
            (_KEPT, _RANG),
        ),
        (
            "Overruled: nobody had asked",
            replace(THREAT, consent=Consent.OVERRIDDEN),
            A_THREAT,
            _POLICE,
            (_KEPT, _OVERRIDDEN),
        ),
        (
            "Under section 141F",
            replace(THREAT, locked=True),
            A_THREAT,
            _POLICE[:-1],
            (_KEPT, _AGREED),
        ),
        (
            "Three places",
            replace(THREAT, others=_AT_THREE, askings=(_REFUSED,)),
            A_THREAT,
            _POLICE,
            (*_SO_FAR, _AGREED, *_MORE),
        ),
    ),
    K.THANKS: (("", replace(FAIR, route=Route.THANK), A_REVIEW, ("theme",), ()),),
    K.REPLY: (("", FAIR, A_REVIEW, ("theme=traffic", "contact", "answer_given"), ()),),
    K.HOLDING_LINE: (
        ("About an adult", PRIVATE, ON_FACEBOOK, ("contact",), ()),
        ("About a child", replace(PRIVATE, about=About.PUPIL), ON_FACEBOOK, ("contact",), ()),
        ("A page or account that may be false", FALSE_PAGE, A_FALSE_PAGE, ("contact",), ()),
        (
            "A threat that the police know of",
            replace(THREAT, askings=(_asked(Rung.POLICE),)),
            A_THREAT,
            ("contact",),
            (),
        ),
    ),
    K.CONSENT_REQUEST: (("", replace(THREAT, consent=Consent.NOT_ASKED), A_THREAT, (), ()),),
    K.SUPPORT_OFFER: (("", THREAT, A_THREAT, ("meeting",), ()),),
    K.RECORDED_FOR_YOU: (
        (
            "",
            replace(
                THREAT,
                consent_by="head",
                consent_told=HowTold.OWED,
                support_by="dsl",
                support_told=HowTold.MAIL,
            ),
            A_THREAT,
            (),
            (_AGREED, _step(9, StepKind.SUPPORT, 3, status="offered", person="vale")),
        ),
    ),
}
"""Each kind: what sets the variant apart, its case, its post, the names of what somebody says, its steps. One
that is not here is shown with the first case of those that the same reader gets.
"""

SAID: Mapping[str, Mapping[str, str]] = tomllib.loads((FOLDER / "said.toml").read_text(encoding="utf-8"))
"""What somebody says at the terminal, by language and by the fact's name; “name=which” for one of several."""


def drafted(kind: LetterKind, language: str) -> Iterator[tuple[str, LetterDraft]]:
    """Each variant of a kind, by what sets it apart. Raises ValueError where one cannot be drafted."""
    for name, case, post, given, steps in VARIANTS.get(kind) or _like_others(kind):
        facts = {fact.partition("=")[0]: SAID[language][fact] for fact in given}
        kept = (_EVIDENCE, *([_OF_A_MIRROR] if case.others else []))
        file = CaseFile(case, steps, post, (), kept)
        made = draft(kind, file, LetterFacts(NOW, language, facts), _rules(language))
        if not isinstance(made, LetterDraft):
            raise ValueError(f"{kind}, {name}: {made}")
        yield name, made


def _like_others(kind: LetterKind) -> tuple[Variant, ...]:
    """A case of another letter to the same reader, and one that allows it."""
    spec, rules = SPECS[kind], _rules("en")
    alike = (row for k, rows in VARIANTS.items() if SPECS[k].reader is spec.reader for row in rows)
    _, case, post, _, steps = next(
        row for row in alike if refusal(kind, row[1], rules, NOW, row[2].url) is None
    )
    return (("", case, post, tuple(fact for fact in (*spec.wants, *spec.may) if fact in SAID["en"]), steps),)


_EVIDENCE = EvidenceFile(
    "e1", _URN, "m1", "736204", "c1", "page.html", "0" * 64, "text/html", 10, SEEN + timedelta(days=1),
    "head", "captured",
)  # fmt: skip

_OF_A_MIRROR = replace(
    _EVIDENCE,
    id="e2",
    mention_id=None,
    capture_id="c2",
    sha256="1" * 64,
    captured_at=SEEN + timedelta(days=4),
)


def _rules(language: str) -> Rules:
    profile = Profile(support=_SUPPORT[language], complaints_url="https://oakfield.example.org/complaints")
    return Rules(profile, replace(_SCHOOLS[language], nation=_NATIONS[language]), _PEOPLE, Means())


def page(kind: LetterKind, language: str) -> str:
    """One kind in one language, each variant as it is shown on screen."""
    lines = [f"# {words(language)(f'letter.title.{kind.value}')} (`{kind.value}`)", "", _PRINTED, ""]
    for name, made in drafted(kind, language):
        lines += [f"## {name}", ""] if name else []
        lines += ["```text", text(made, _WIDTH).rstrip(), "```", ""]
        lines += ["Said beside the draft, and not in it:", ""] if made.warnings else []
        lines += [f"- {warning}" for warning in made.warnings] + ([""] if made.warnings else [])
    return "\n".join(lines)


_PRINTED = "Printed by `docs/print_letters.py`: an invented case. [All letters](../README.md)"


def index() -> str:
    """The page that lists the others."""
    lines = [
        "# The letters, as they are printed",
        "",
        "Every kind of letter in each variant, from invented cases, exactly as the program drafts it.",
        "People read, change and send them; [Letters](../letters.md) says when each can be drafted, and what",
        "it quotes.",
        "To print them again: `PYTHONPATH=. python docs/print_letters.py`.",
        "",
        "| letter | English | Welsh |",
        "|---|---|---|",
    ]
    for kind in LetterKind:
        links = " | ".join(f"[{_LANGUAGE[name]}]({name}/{kind.value}.md)" for name in LANGUAGES)
        lines.append(f"| {words('en')(f'letter.title.{kind.value}')} | {links} |")
    return "\n".join((*lines, ""))


_LANGUAGE = {"en": "English", "cy": "Cymraeg"}


def pages() -> dict[Path, str]:
    """Every page by its place."""
    made = {FOLDER / name / f"{kind.value}.md": page(kind, name) for name in LANGUAGES for kind in LetterKind}
    return {FOLDER / "README.md": index()} | made


def manual() -> str:
    """docs/letters.md with the table of all kinds, each by its title in the catalogue."""
    before, _, rest = MANUAL.read_text(encoding="utf-8").partition(_TABLE)
    after = rest.partition("\n\n")[2]
    return f"{before}{_TABLE}{''.join(map(_row, LetterKind))}\n{after}"


MANUAL = FOLDER.parent / "letters.md"
_TABLE = "| kind | letter | must be known | may be given |\n|---|---|---|---|\n"


def _row(kind: LetterKind) -> str:
    spec = SPECS[kind]
    facts = (", ".join(f"`{fact}`" for fact in some) for some in (spec.wants, spec.may))
    return " | ".join((f"| `{kind.value}`", words("en")(f"letter.title.{kind.value}"), *facts)) + " |\n"


def main() -> None:
    """Print them all."""
    MANUAL.write_text(manual(), encoding="utf-8")
    for place, said in pages().items():
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(said, encoding="utf-8")


if __name__ == "__main__":
    main()
