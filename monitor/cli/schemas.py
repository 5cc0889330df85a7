"""What each `--json` document holds, as JSON Schema (2020-12): the contract that docs/json.md tells of.

Every key is always there. What is not known, or is withheld from whoever asks, is null. A code is one of an
`enum`; where that grows by a word, or a row by a key, the document keeps its number.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import Enum
from typing import Any

from alerts.delivery.results import Cause, SendOutcome
from alerts.letters.kinds import LetterKind
from alerts.pack.recipients import Recipient
from alerts.routes.ways import WayOf
from data import types
from data.cases import CaseState, Consent, PlaceState
from data.content_class import ContentClass
from data.evidence.file_faults import Wrong
from data.evidence.handed_in import ReportState
from data.frozen import dataclass
from data.matters import Having
from data.privacy.requests import RequestEnding, RequestKind
from data.retention.erase import Stays
from data.rungs import Rung
from data.steps import codes
from data.store.sources.own_accounts import ACTIONS
from monitor.act.matter.from_list import Becomes
from monitor.act.requests.finding import Withheld
from monitor.cli.views.alerts import WITHOUT_WORDS
from monitor.setup.doctor.findings import Level
from monitor.setup.mail.ways import WayName
from monitor.terminal.output import SCAN, schema_name
from monitor.terminal.wording import WITH_THE_DSL
from sources.capture.fetched_page import AtAddress

Schema = dict[str, Any]
DRAFT = "https://json-schema.org/draft/2020-12/schema"


def keys(names: str, of: Schema) -> dict[str, Schema]:
    """Several keys whose values are alike."""
    return dict.fromkeys(names.split(), of)


def row(*parts: Mapping[str, Schema], **one: Schema) -> Schema:
    """An object that has all of these keys."""
    has = {name: of for part in (*parts, one) for name, of in part.items()}
    return {"type": "object", "properties": has, "required": list(has)}


def many(of: Schema) -> Schema:
    return {"type": "array", "items": of}


def named(of: Schema) -> Schema:
    """An object whose keys are names or ids."""
    return {"type": "object", "additionalProperties": of}


def maybe(of: Schema) -> Schema:
    """The same, or null."""
    return {"enum": [*of["enum"], None]} if "enum" in of else {**of, "type": [of["type"], "null"]}


def code(*of: Iterable[Enum | str]) -> Schema:
    return {"enum": [each.value if isinstance(each, Enum) else each for part in of for each in part]}


TEXT, WHOLE, NUMBER, FLAG = ({"type": kind} for kind in ("string", "integer", "number", "boolean"))
TEXTS = many(TEXT)
TIME = {"type": "string", "format": "date-time", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$"}
DAY = {"type": "string", "format": "date"}
STATE = maybe(code([WITH_THE_DSL, WITHOUT_WORDS]))
CLASS, ROUTE, RUNG = code(ContentClass), code(types.Route), code(Rung)
HOLDER = maybe(row(person=maybe(TEXT), since=maybe(TIME), how=code(Having)))
DUE = row(clock=TEXT, at=TIME, overdue=FLAG)
MARKED = maybe(row(mark=code(types.Mark), by=maybe(TEXT), at=TIME))
REASON = row(code=TEXT, text=TEXT)
REPORTED = row(keys("by file_at", maybe(TEXT)), at=TIME, number=TEXT)
REPORT_LIST = row(
    received=maybe(TIME),
    number=maybe(TEXT),
    advice=TEXTS,
    encoding=TEXT,
    lines=many(row(line=WHOLE, address=TEXT, becomes=code(Becomes), why=maybe(TEXT))),
)
SAID_WRONG = row(
    keys("by kind label why", TEXT), at=TIME, relevance=maybe(code(types.Relevance)),
    severity=maybe(code(types.Severity)), route=maybe(ROUTE), tone=maybe(code(types.Sentiment)),
)  # fmt: skip
_OF_A_POST = {
    **keys("url author title text weighed_most", maybe(TEXT)), "enclosed": maybe(TEXTS),
    "reported": maybe(many(REPORTED)), "said_wrong": maybe(many(SAID_WRONG)), "version": maybe(WHOLE),
}  # fmt: skip

SCAN_LINE = row(
    keys("urn story channel what", TEXT), keys("places people", WHOLE), when=maybe(TIME), route=maybe(ROUTE),
    severity=code(types.Severity), perhaps_another_school=FLAG, reasons=many(REASON), cases=TEXTS,
    has_it=HOLDER,
)  # fmt: skip
SCAN_NOTE = row(
    keys("source name detail", TEXT),
    outcome=code(types.Outcome),
    last_seen=maybe(TIME),
    failures_before=WHOLE,
)
SCANNED = row(
    keys("today to_look_at to_answer good_news unsure from_before", many(SCAN_LINE)),
    schools=many(row(urn=TEXT, name=TEXT)),
    needs_you=many(
        row(
            keys("with_the_dsl about_another_school", WHOLE), urn=TEXT, alerts=TEXTS, raised_at=maybe(TIME)
        )
    ),
    urgent_unsaved=many(row(source=TEXT, name=TEXT)),
    not_seen=many(SCAN_NOTE),
    counts=row(
        keys("sources_checked sources_seen mentions_read new_stories noted not_about", WHOLE),
        keys("messages_waiting messages_sent messages_failed", WHOLE),
        looked_again=named(WHOLE), opened_again=TEXTS, read_in_part=many(SCAN_NOTE), started_at=TIME,
        seconds=NUMBER,
    ),
    exit=WHOLE,
)  # fmt: skip

STATUS = row(
    keys("running", FLAG), keys("kept_not_judged exit", WHOLE), keys("store holder", maybe(TEXT)),
    keys("since last_sign nothing_deleted_until", maybe(TIME)), keys("too_new no_term", maybe(TEXTS)),
    keys("open_alerts untold late_cases", maybe(WHOLE)),
    complaints=TEXTS,
    troubles=many(row(what=TEXT, why=TEXT, since=TIME)),
    not_seen=maybe(many(row(keys("source why detail", TEXT), since=maybe(TIME), our_fault=FLAG))),
    next=maybe(many(row(source=TEXT, at=TIME))),
    messages=maybe(
        row(keys("waiting failed unsure", WHOLE), keys("overdue_since unanswered_since", maybe(TIME)))
    ),
    next_digest=maybe(named(TIME)),
)  # fmt: skip
FINDING = row(keys("check what", TEXT), keys("remedy command", maybe(TEXT)), level=code(Level))
DOCTOR = row(keys("faults warnings exit", WHOLE), next=maybe(FINDING), findings=many(FINDING))
FLEET_HOME = row(
    keys("waiting_segments new_today alerts_today", WHOLE), keys("waits_long left_out stale unusable", FLAG),
    keys("oldest_waiting_at last_handed_at last_saved_at last_tended_at", maybe(TIME)), name=TEXT,
    faults=named(WHOLE), last_fault=maybe(TEXT), held_by=maybe(TEXT),
)  # fmt: skip
FLEET = row(
    keys("pid faults", maybe(WHOLE)), keys("machine engine", maybe(TEXT)), exit=WHOLE, running=FLAG,
    since=maybe(TIME), last_sign=maybe(TIME), unrouted_since=maybe(TIME), restarts=maybe(named(WHOLE)),
    places=maybe(row(keys("all due under_way blocked failing", WHOLE))),
    delay_s=maybe(row(median=NUMBER, p95=NUMBER)), homes=maybe(many(FLEET_HOME)), not_taken_up=TEXTS,
)  # fmt: skip
HOST = row(host=TEXT, port=WHOLE, what_for=TEXTS, proxied=FLAG)
MAIL_TEST = row(
    keys("person from server", TEXT), keys("to code means remedy command", maybe(TEXT)), seconds=NUMBER,
    outcome=code(SendOutcome), way=code(WayName), cause=maybe(code(Cause)),
)  # fmt: skip
SCHOOL = row(
    keys("urn name locality town county local_authority street postcode phase nation language website", TEXT),
    keys("sector", TEXT),
    keys("trust domain head", maybe(TEXT)), keys("aliases former_names members", TEXTS),
    namesakes=many(row(keys("name place kind", TEXT))),
)  # fmt: skip
PEOPLE = row(
    people=many(
        row(
            keys("id name", TEXT), keys("email phone cover account", maybe(TEXT)),
            keys("urns related_to", TEXTS), roles=many(code(types.Role)), away_until=maybe(TIME),
        )
    ),
    former=many(row(id=TEXT, name=TEXT)),
)  # fmt: skip
_SOURCE = {**keys("id name kind url", TEXT), "schools": TEXTS}
SOURCE = row(
    _SOURCE, disabled=maybe(TEXT),
    last_run=maybe(row(at=TIME, outcome=code(types.Outcome), detail=TEXT, read=WHOLE, new=WHOLE)),
)  # fmt: skip
PROPOSAL = row(
    _SOURCE, keys("sees terms", TEXT), keys("spelling why_off", maybe(TEXT)), number=WHOLE, checked=DAY
)
ACCOUNT = row(
    keys("id name", TEXT), keys("notice_since notice_read_at", maybe(TIME)), schools=TEXTS,
    notice=maybe(FLAG), last_run=maybe(code(types.Outcome)),
    odd_posts=many(row(alert=TEXT, raised_at=TIME, acknowledged=FLAG)),
    log=many(
        row(
            keys("id school", TEXT), keys("by reason url", maybe(TEXT)), done_at=TIME, action=code(ACTIONS),
            state=STATE,
        )
    ),
)  # fmt: skip
RUN_ACCOUNT = row(
    keys("id name purpose disclaimer", TEXT), keys("url owner", maybe(TEXT)),
    keys("schools staff gone", TEXTS), short=FLAG, since=maybe(DAY),
)  # fmt: skip

ALERT = row(
    keys("id urn number", TEXT), keys("restricted finished", FLAG), keys("raised_at posted_at", maybe(TIME)),
    keys("story what weighed_most", maybe(TEXT)), keys("audience excluded warned", maybe(TEXTS)),
    keys("reasons because", maybe(many(REASON))), severity=maybe(code(types.Severity)), times=maybe(WHOLE),
    from_before=maybe(FLAG), acknowledged=maybe(row(by=maybe(TEXT), at=TIME)), cases=TEXTS, has_it=HOLDER,
    next=maybe(DUE), marked=MARKED, state=STATE, route=maybe(ROUTE), content_class=maybe(CLASS),
    event=maybe(code(types.PressEvent)), escalated=maybe(many(row(person=maybe(TEXT), at=TIME))),
    texts=maybe(many(row(_OF_A_POST, mention=TEXT, quoted=maybe(TEXT), reasons=TEXTS))),
)  # fmt: skip
_STORY = {
    **keys("id urn", TEXT), **keys("last_seen published", maybe(TIME)), "restricted": FLAG, "state": STATE,
    **keys("mentions places people", maybe(WHOLE)), "severity": maybe(code(types.Severity)),
    "title": maybe(TEXT), "relevance": maybe(code(types.Relevance)), "route": maybe(ROUTE),
    "abuse": maybe(TEXTS), "channels": maybe(TEXTS), "about": maybe(code(types.About)),
    "sentiment": maybe(code(types.Sentiment)), "has_it": HOLDER, "marked": MARKED,
}  # fmt: skip
POST = row(
    _OF_A_POST, keys("from_before judged look", maybe(FLAG)), keys("themes corrections", maybe(TEXTS)),
    channel=TEXT, restricted=FLAG, state=STATE, published=maybe(TIME), severity=maybe(code(types.Severity)),
    relevance=maybe(code(types.Relevance)), sentiment=maybe(code(types.Sentiment)), abuse=maybe(TEXTS),
    about=maybe(code(types.About)), event=maybe(code(types.PressEvent)), route=maybe(ROUTE), id=maybe(TEXT),
    reasons=maybe(many(REASON)), case=maybe(TEXT), case_state=maybe(code(CaseState)),
)  # fmt: skip

_CASE = {
    **keys("case urn", TEXT), "restricted": FLAG, "state": code(CaseState, [WITH_THE_DSL]),
    "rung": maybe(RUNG), "due": maybe(DUE), "clocks": maybe(many(DUE)),
    **keys("class proposed_class", maybe(CLASS)), **keys("opened_at closed_at", maybe(TIME)),
    **keys("assigned_to story", maybe(TEXT)), "consent": maybe(code(Consent)),
    "support": maybe(code(codes.Support)), **keys("hold locked", maybe(FLAG)),
    "ending": maybe(code(codes.Ending)),
}  # fmt: skip
_KEPT = maybe(code(codes.KeptLetter))
ASKED = row(
    keys("kind channel reference called by", TEXT), keys("kept answer_kept", _KEPT), rung=RUNG, at=TIME,
    place=WHOLE,
    **keys("written_at sent_at received_at due answered_at", maybe(TIME)),
    answer=maybe(code(codes.RungAnswer)),
)  # fmt: skip
CASE_POST = row(
    keys("mention channel", TEXT), keys("url author title text", maybe(TEXT)), version=WHOLE,
    published=maybe(TIME), first_seen=TIME, last_seen=TIME, event=maybe(code(types.PressEvent)),
)  # fmt: skip
STEP_KIND = code(codes.StepKind)
CASE = row(
    _CASE, has_it=HOLDER, next=maybe(DUE), words_withheld=FLAG, as_sealed=maybe(FLAG),
    waits=many(row(clock=TEXT, since=TIME, due=TIME, overdue=FLAG)),
    ways=many(
        row(rung=RUNG, possible=FLAG, **keys("kind guard said remedy", maybe(TEXT)))
    ),
    **keys("class_set_by target decision decided_by consent_by support_by", maybe(TEXT)),
    **keys("decided_at next_check hold_review", maybe(TIME)),
    **keys("accused conflicted may_confirm", maybe(TEXTS)), lane=maybe(code(codes.BypassRoute)),
    relationship=maybe(code(codes.Relationship)), contact_safe=maybe(FLAG),
    complainant=maybe(code(codes.Complainant)), to_warn=maybe(many(code(codes.ToWarn))),
    weighed=maybe(row(keys("nature visible spread impact by", TEXT), at=TIME)), asked=maybe(many(ASKED)),
    **keys("consent_told support_told", maybe(code(codes.HowTold))),
    checks=maybe(many(row(result=code(codes.Check), at=TIME))),
    proposal=maybe(row({"class": CLASS}, lane=maybe(code(codes.BypassRoute)), by=TEXT, at=TIME)),
    hosting=maybe(named(TEXT)), post=maybe(CASE_POST), copies=maybe(many(CASE_POST)),
    places=maybe(
        many(
            row(
                keys("number channel", TEXT), keys("mention url", maybe(TEXT)), what=code(codes.PlaceRole),
                state=code(PlaceState), **keys("said_gone_at next_check", maybe(TIME)),
            )
        )
    ),
    in_other_words=maybe(many(row(at=maybe(TIME), title=maybe(TEXT), text=maybe(TEXT)))),
    evidence=maybe(
        many(
            row(keys("id name sha256 media_type by how", TEXT), capture=maybe(TEXT), bytes=WHOLE, at=TIME)
        )
    ),
    steps=maybe(
        many(
            row(
                keys("at recorded_at", TIME), keys("by why", TEXT), n=WHOLE, step=STEP_KIND,
                facts=named(TEXT), due=maybe(TIME), clock=maybe(TEXT),
            )
        )
    ),
)  # fmt: skip
STEP = row(
    _CASE, urn=maybe(TEXT), restricted=maybe(FLAG), state=maybe(_CASE["state"]), told=maybe(TEXTS),
    steps=many(row(n=maybe(WHOLE), step=STEP_KIND)),
)  # fmt: skip
_LOOK = {
    "case": TEXT, **keys("why said", maybe(TEXT)), "result": maybe(code(codes.Check)),
    "came_back": maybe(FLAG), "copies": maybe(TEXTS), "state": maybe(code(CaseState)),
    "next_check": maybe(TIME),
}  # fmt: skip
ROUTE_OF_A_PLATFORM = row(
    keys("platform name report who escalate source", TEXT), asks=TEXTS, grounds=TEXTS, form=maybe(TEXT),
    hours=maybe(WHOLE), account_needed=FLAG, checked_on=DAY, old=FLAG, mail=maybe(TEXT),
    ways=many(
        row(
            keys("report who source", TEXT), of=code(WayOf), asks=TEXTS, form=maybe(TEXT), checked_on=DAY,
            old=FLAG,
        )
    ),
)  # fmt: skip
CAPTURE = row(
    case=TEXT, **keys("failed capture manifest_sha256", maybe(TEXT)), kind=maybe(code(codes.EvidenceKind)),
    evidence=FLAG, stands=maybe(code(AtAddress)), status=maybe(WHOLE), words_found=maybe(FLAG), picture=FLAG,
    stamped_at=maybe(TIME), known=maybe(TEXTS),
    files=many(row(keys("name sha256 type", TEXT), size=WHOLE)),
)  # fmt: skip
LETTER = row(case=TEXT, letter=code(LetterKind), text=TEXT, files=TEXTS, warnings=TEXTS, sha256=named(TEXT))
OFFER = row(kind=code(LetterKind), possible=FLAG, why_not=TEXT)
PROOF = row(
    keys("files captures steps audit_rows sealed_rows posts_not_sealed", WHOLE), holds=FLAG,
    faults=many(row(wrong=code(Wrong), where=TEXT, said=TEXT)),
    stamps=many(row(capture=TEXT, at=TIME, authority=TEXT)), erased=named(WHOLE), last=maybe(TEXT),
)  # fmt: skip
PACK = row(case=TEXT, to=code(Recipient), exhibits=WHOLE, files=TEXTS, sha256=TEXT, withheld=FLAG)

REQUEST = row(
    keys("id urn reference reason recorded_by", TEXT), keys("answer answered_by", maybe(TEXT)),
    kind=code(RequestKind), ending=maybe(code(RequestEnding)), received=TIME, recorded=TIME,
    **keys("due acknowledged extended answered", maybe(TIME)),
)  # fmt: skip
HELD = row(
    posts=many(
        row(
            keys("id channel", TEXT), theirs=FLAG, url=maybe(TEXT), published=maybe(TIME), first_seen=TIME,
            kept_until=TIME,
        )
    ),
    cases=TEXTS, notes=many(row(case=maybe(TEXT), step=maybe(WHOLE), by=TEXT, at=TIME)),
    withheld={**named(WHOLE), "propertyNames": code(Withheld)},
)  # fmt: skip
ERASURE = row(
    request=TEXT, done=FLAG, erased=TEXTS, naming=TEXTS, withheld=WHOLE,
    stays=many(row(post=TEXT, why=code(Stays), case=maybe(TEXT), until=maybe(TIME))),
)  # fmt: skip
TO_GO = row(
    going=many(row({"class": TEXT}, day=DAY, relevance=code(types.Relevance), leaves_stub=FLAG, posts=WHOLE)),
    cases=many(row(case=TEXT, until=maybe(TIME))),
    kept_back=many(
        row(
            keys("open hold", FLAG), keys("held_by review", maybe(TEXT)), case=TEXT, posts=WHOLE,
            until=maybe(TIME),
        )
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class DocumentKind:
    """One kind of document: the commands that print it, and what its `item`, or each of its `items`, is."""

    commands: str
    of: Schema
    holds: str = "item"


DOCUMENTS: Mapping[str, DocumentKind] = {
    SCAN: DocumentKind("scan", SCANNED, "its keys"),
    "status": DocumentKind("status", STATUS),
    "doctor": DocumentKind("doctor, fleet doctor", DOCTOR),
    "fleet-status": DocumentKind("fleet status", FLEET),
    "hosts": DocumentKind("network hosts", HOST, "items"),
    "mail-test": DocumentKind("mail test", MAIL_TEST),
    "schools": DocumentKind("schools list, schools find", SCHOOL, "items"),
    "people": DocumentKind("people list", PEOPLE),
    "sources": DocumentKind("source list", SOURCE, "items"),
    "proposals": DocumentKind("source propose", PROPOSAL, "items"),
    "accounts": DocumentKind("account list", ACCOUNT, "items"),
    "account-register": DocumentKind("account register", RUN_ACCOUNT, "items"),
    "alerts": DocumentKind("alerts list", ALERT, "items"),
    "alert": DocumentKind("alerts show", ALERT),
    "stories": DocumentKind("story list, story search", row(_STORY), "items"),
    "story": DocumentKind("story show", row(_STORY, posts=many(POST), cases=TEXTS, same_words_at=TEXTS)),
    "report-in": DocumentKind("report-in", row(received=TIME, number=TEXT, advice=TEXTS)),
    "report-list": DocumentKind("report-in --list", REPORT_LIST),
    "report-state": DocumentKind("report-in --state", row(state=code([s.name.lower() for s in ReportState]))),
    "report-picture": DocumentKind("report-in --file --shows-nothing", row(mention=TEXT)),
    "report-images": DocumentKind(
        "report-in --shows-child, report-in --url --shows-nothing", row(reports=WHOLE)
    ),
    "cases": DocumentKind("case list", row(_CASE, has_it=HOLDER, next=maybe(DUE)), "items"),
    "case": DocumentKind("case show", CASE),
    "step": DocumentKind("every other command of case", STEP),
    "recheck": DocumentKind("case recheck", row(_LOOK)),
    "rechecks": DocumentKind("case recheck --due", row(_LOOK, restricted=FLAG, guard=maybe(TEXT)), "items"),
    "host": DocumentKind("case host", row(case=TEXT, hosting=maybe(named(TEXT)), route=ROUTE_OF_A_PLATFORM)),
    "letters": DocumentKind("case letter --list", OFFER, "items"),
    "letter": DocumentKind("case letter", LETTER),
    "capture": DocumentKind("case capture", CAPTURE),
    "evidence": DocumentKind("evidence verify", PROOF),
    "pack": DocumentKind("evidence pack", PACK),
    "requests": DocumentKind("privacy requests", REQUEST, "items"),
    "request": DocumentKind("privacy record, privacy answer", REQUEST),
    "held": DocumentKind("privacy search", HELD),
    "erasure": DocumentKind("privacy erase", ERASURE),
    "due": DocumentKind("privacy due", TO_GO),
}
"""Every kind by its name, in the order of docs/json.md."""


def schema_of(name: str) -> Schema:
    """The whole document of that name as a JSON Schema. Raises KeyError for a name of none."""
    kind, schema = DOCUMENTS[name], {"const": schema_name(name)}
    inner = {"items": many(kind.of)} if kind.holds == "items" else {"item": kind.of}
    whole = row({"schema": schema}, kind.of["properties"] if name == SCAN else inner)
    return {"$schema": DRAFT, "title": kind.commands, **whole}
