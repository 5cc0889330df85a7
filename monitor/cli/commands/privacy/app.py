"""`schoolgate privacy`: what is held about somebody is shown, copied, erased, kept out or put right.

Somebody is named at the terminal or on standard input, never on the command line.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from typer import Argument, Option

from data.effects import utc_now
from data.errors import InputError, refused
from monitor.cli.commands.inputs import among, moment, one_of, own_words
from monitor.cli.commands.options import As, HomeOptions, JsonOptions, School, WhyWanted, asked_for, finish
from monitor.terminal import private_words
from monitor.terminal.groups import group
from monitor.terminal.output import Document, in_json, say, say_lines, tell

if TYPE_CHECKING:
    from collections.abc import Sequence

    from data.privacy.terms import SearchTerm
    from data.retention.erase import Staying
    from monitor.act.privacy import ToErase

By = Annotated[
    str,
    Option(
        "--by", help="What to search by: handle, name, or address (of a post). You are then asked for it."
    ),
]
_KINDS = "support, health, union, consent, weighing, police or legal; may be repeated"
Give = Annotated[
    list[str] | None, Option("--give", metavar="KIND", help=f"A kind that they may have: {_KINDS}.")
]
Withhold = Annotated[
    list[str] | None, Option("--withhold", metavar="KIND", help=f"A kind that is withheld: {_KINDS}.")
]


def search(opts: JsonOptions, number: RequestNumber, by: By, person: As, school: School = None) -> None:
    """What is held about somebody who asked. The search is recorded: who made it, for which request.

    You are asked for the handle, name or address, or it is read from standard input: never type it on the
    command line. A search is only for a request that people make about themselves.

    \b
    Examples:
      schoolgate privacy search P0003 --by handle --as r-lowe
      schoolgate privacy search P0003 --by address --as r-lowe < address.txt
    """
    from data.store.engine.audit_chain import AuditEntry, Code, append
    from monitor.act.requests.finding import held_about
    from monitor.cli.views.privacy import held_json, held_lines

    wanted = asked_term(by)
    office = opts.office(person, school)
    with office.session.store.read() as con:
        asked = office.request(con, number)
        held = held_about(con, office, wanted)
    codes = (Code.KIND.of(wanted.kind.value), Code.FOUND.of(held.count))
    with office.session.store.write("record a search") as con:
        append(con, [AuditEntry(utc_now(), office.person, "data_searched", asked.id, asked.urn, codes)])
    lines = held_lines(held, asked, wanted.kind, office.options, office.config.zone)
    opts.show(held_json(held), lines)


def sar(
    opts: HomeOptions,
    number: RequestNumber,
    by: By,
    person: As,
    to: Annotated[
        Path, Option("--to", metavar="DIR", help="A new folder to write to; only you can read it.")
    ],
    give: Give = None,
    withhold: Withhold = None,
    school: School = None,
) -> None:
    """Write a copy of what is held about somebody who asked for it. You check it and hand it over.

    What may be somebody else’s data, or exempt, you decide on kind by kind: until each is --give or
    --withhold, the command shows it with what is proposed, and writes nothing. Other people’s names are
    taken out as far as a program can tell. What is with the safeguarding lead is withheld;
    for-the-school/check-first.txt says which exemption to consider, and a person decides.

    \b
    Examples:
      schoolgate privacy sar P0003 --by handle --to copies/P0003 --as r-lowe
      schoolgate privacy sar P0003 --by name --to copies/P0003 --withhold support --as r-lowe < name.txt
    """
    from data.privacy.sorting import CopyKind
    from data.store.engine.audit_chain import AuditEntry, Code, append
    from data.words.say import words
    from monitor.act.requests.copying import TO_CHECK, TO_SEND, copied, written
    from monitor.act.requests.entries import by_kind, decided_on, entries_of
    from monitor.act.requests.finding import held_about
    from monitor.cli.views.privacy import to_decide_lines

    decided = decided_on(*([one_of(kind, "KIND", CopyKind) for kind in of or ()] for of in (give, withhold)))
    wanted, folder = asked_term(by), to.expanduser().absolute()
    office, now = opts.office(person, school), utc_now()
    w = words(office.school.language)
    with office.session.store.read() as con:
        asked = office.request(con, number)
        held = held_about(con, office, wanted)
        entries = entries_of(con, held)
        kinds = by_kind(entries)
        if undecided := {kind: of for kind, of in kinds.items() if kind not in decided}:
            say_lines(to_decide_lines(undecided, asked, wanted.kind, office.options, office.config.zone))
            finish(1)
        copy = copied(con, office, held, asked, wanted, w, now, entries, decided)
    chosen = [(Code.GIVEN if decided[kind] else Code.WITHHELD).of(kind.value) for kind in kinds]
    codes = (Code.KIND.of(wanted.kind.value), Code.FOUND.of(held.count), *chosen)
    with written(folder, copy, now), office.session.store.write("copy for a request") as con:
        append(con, [AuditEntry(now, office.person, "data_copied", asked.id, asked.urn, codes)])
    say(f"{folder / TO_SEND}: what is held about them ({copy.items}). Nothing was sent.")
    say(f"Read this first; it is only for the school: {folder / TO_CHECK / 'check-first.txt'}")
    ending = "granted" if all(map(decided.get, kinds)) else "part"
    say(f"Once it is handed over: schoolgate privacy answer {asked.id} {ending} {office.options}")


def asked_term(by: str) -> SearchTerm:
    """Who is meant, asked for at the terminal or read from standard input. Raises InputError."""
    from data.privacy.terms import TermKind, term

    kind = one_of(by, "--by", TermKind)
    at_terminal = private_words.at_a_terminal()
    given = private_words.line(kind.value.capitalize()) if at_terminal else private_words.standard_input("")
    if "\n" in given.strip():
        raise InputError(f"Standard input holds several lines: give one {kind.value}.")
    return term(kind, given)


def object_(
    opts: HomeOptions,
    number: RequestNumber,
    person: As,
    by: Annotated[
        str | None, Option("--by", help="handle, or address (of a post). You are then asked for it.")
    ] = None,
    channel: Annotated[
        str | None,
        Option(
            "--channel", help="Where they use it: local_forum, facebook, …; by default where it is found."
        ),
    ] = None,
    withdrawn: Annotated[
        bool, Option("--withdrawn", help="The objection was withdrawn: keep their posts again.")
    ] = False,
    school: School = None,
) -> None:
    """Uphold an objection: posts by that author, or at that address, are not kept from now on.

    Anything that calls for an alert, such as a threat or a danger to a child, is kept all the same. What is
    already kept stays until it is erased. To refuse an objection: privacy answer REQUEST refused.

    \b
    Examples:
      schoolgate privacy object P0004 --by handle --channel local_forum --as r-lowe
      schoolgate privacy object P0004 --by address --as r-lowe < address.txt
      schoolgate privacy object P0004 --withdrawn --as r-lowe
    """
    from data.steps.acts import Refused
    from monitor.act.privacy import uphold, withdraw
    from monitor.pipeline.sighting import known_channel

    if by is None and not withdrawn:
        raise InputError("--by: say how they are known there, handle or address.")
    known_channel(channel or "")
    wanted = asked_term(by) if by and not withdrawn else None
    office, now = opts.office(person, school), utc_now()
    if wanted is None:
        n = withdraw(office, number, now).made
        say(f"The objection is withdrawn: what it kept out is kept again (hashes deleted: {n}).")
        return
    came = uphold(office, number, wanted, channel, now)
    if isinstance(came, Refused):
        raise InputError(came.reason)
    say("From now on these posts are not kept, unless they call for an alert. To erase those already kept:")
    say(f"schoolgate privacy erase {came.made} --by {wanted.kind.value} {office.options}")


def rectify(
    opts: HomeOptions,
    number: RequestNumber,
    post: Annotated[str, Option("--post", metavar="ID", help="The post, by the beginning of its id.")],
    person: As,
    said: Annotated[str, asked_for("--said", "What is right, in their words.")],
    school: School = None,
) -> None:
    """Add what somebody says about a post. The post stays as it was, since that is what was said.

    Their words are shown with the post, and are in any copy they ask for. If a case has something wrong,
    correct the case at the desk.

    \b
    Examples:
      schoolgate privacy rectify P0005 --post 9f31 --as r-lowe
      schoolgate privacy rectify P0005 --post 9f31 --as r-lowe --said - < words.txt
    """
    from monitor.act.privacy import rectify as put_right

    words, now = own_words(said, "--said"), utc_now()
    office = opts.office(person, school)
    added = put_right(office, number, post, words, now).made
    say(f"What they say is now shown with post {added.mention_id[:8]}. The post is as it was.")
    say(f"To end the request: schoolgate privacy answer {added.request_id} granted {office.options}")


def erase(
    opts: JsonOptions,
    number: RequestNumber,
    person: As,
    by: Annotated[
        str | None,
        Option(
            "--by", help="All posts by an author (handle), or those at an address. You are then asked for it."
        ),
    ] = None,
    post: Annotated[
        list[str] | None,
        Option("--post", metavar="ID", help="This post, by the beginning of its id; may be repeated."),
    ] = None,
    yes: Annotated[bool, Option("--yes", help="Do it. Otherwise it only says what would be done.")] = False,
    school: School = None,
) -> None:
    """Erase posts: words, author and address, also from the file on disk. This cannot be undone.

    What a case or an alert still needs stays, and you are told why (UK GDPR, Article 17(3)). Neither a later
    scan nor an older backup brings an erased post back. Exits with 1 if something stays.

    \b
    Examples:
      schoolgate privacy erase P0003 --by handle --as r-lowe
      schoolgate privacy erase P0003 --post 9f31 --post 07ab --yes --as r-lowe
    """
    from monitor.act.privacy import erase as erase_posts
    from monitor.act.privacy import to_erase
    from monitor.act.requests.finding import one_post
    from monitor.cli.views.privacy import erasure_json, erasure_lines

    if bool(by) == bool(post):
        raise InputError("Say what is to be erased: --by handle, --by address, or --post ID.")
    wanted = asked_term(by) if by else None
    office, now = opts.office(person, school), utc_now()
    with office.session.store.read() as con:
        chosen = [one_post(con, office, one) for one in post or ()]
        meant = to_erase(con, office, number, now, wanted, chosen)
    stays = erase_posts(office, meant, now).made if yes else meant.stays
    zone = office.config.zone
    opts.show(erasure_json(meant, stays, done=yes), erasure_lines(meant, stays, zone, done=yes))
    if not opts.as_json and (yes or (stays and len(stays) == len(meant.posts))):
        ending = _ending(meant, stays)
        say(f"To end the request: schoolgate privacy answer {meant.request_id} {ending} {office.options}")
    finish(1 if stays or meant.withheld else 0)


def _ending(meant: ToErase, stays: Sequence[Staying]) -> str:
    """How the request ended, as far as the program did what was asked."""
    if not stays and not meant.withheld:
        return "granted"
    return "part" if len(stays) < len(meant.posts) else "refused"


privacy_app = group(
    "What people ask about their own data, and the papers about it: for the data protection officer."
)


PAPERS: Mapping[str, str] = {
    "dpia": "Draft the data protection impact assessment: what is done, its risks, what is left to you.",
    "lia": "Draft the legitimate interests assessment: for an independent school; refused for others.",
    "ropa": "Draft the entry for your record of processing activities (Article 30).",
    "notice": "Draft the privacy notice for your website and accounts (Articles 13 and 14).",
    "apd": "Draft the appropriate policy document for special category and criminal offence data.",
    "retention": "Draft the retention schedule: how long each thing is kept, and from when.",
    "due-diligence": "Draft answers to what a trust’s data protection officer asks of a system.",
    "briefing": "Draft one page for governors: what it does, what the law asks, what to ask.",
}
"""What each paper is, by its command."""
_HELP = """{what}

It is made from your settings as they are. What no program can know stands in it as a question.

\b
Examples:
  schoolgate privacy {name} --as r-lowe
  schoolgate privacy {name} --as r-lowe --to {name}.html
"""
_ENDINGS = (".html", ".md")

BasisGiven = Annotated[
    str | None, Option("--basis", help="Your recorded lawful basis: public-task or legitimate-interests.")
]
To = Annotated[
    Path | None,
    Option("--to", metavar="FILE", help="A new file: .html opens in a word processor, .md is plain text."),
]


def drafting(name: str) -> Callable[..., None]:
    """The command that drafts a paper."""

    def draft(
        opts: HomeOptions,
        person: As,
        basis: BasisGiven = None,
        to: To = None,
        school: School = None,
    ) -> None:
        from monitor.reports.papers import ANSWER, Basis, Paper, drafted
        from monitor.setup.hosts import by_purpose

        if to is not None and to.suffix not in _ENDINGS:
            raise InputError(f"--to {to}: its name ends in {' or '.join(_ENDINGS)}.")
        chosen = one_of(basis, "--basis", Basis) if basis else None
        office = opts.office(person, school)
        home = (office.school, office.config, office.session.store)
        text = drafted(*home, Paper(name), utc_now(), chosen, by_purpose(office.config))
        if to is None:
            say(Document(text.rstrip("\n")))
        else:
            _written(to, text)
        tell(f"A draft, for your data protection officer. Questions left open in it: {text.count(ANSWER)}")

    draft.__doc__ = _HELP.format(name=name, what=PAPERS[name])
    return draft


def _written(to: Path, text: str) -> None:
    """Into a new file: one that is there may hold somebody's answers. Raises InputError."""
    from monitor.reports.papers import as_page

    try:
        with to.open("x", encoding="utf-8") as file:
            file.write(as_page(text) if to.suffix == ".html" else text)
    except FileExistsError:
        raise InputError(f"--to {to} is there already, perhaps with answers. Name another file.") from None
    except OSError as error:
        raise InputError(refused(error, to)) from None
    say(f"Written: {to}")


MOST_DAYS = 366 * 10


def due(
    opts: JsonOptions,
    person: As,
    days: Annotated[int, Option("--days", min=0, max=MOST_DAYS, help="How many days ahead.")] = 30,
    school: School = None,
) -> None:
    """What will be deleted because its time is up, when and why; and what is kept back, by which case.

    This deletes nothing and names no post. Each scan does the deleting.

    \b
    Examples:
      schoolgate privacy due --as r-lowe
      schoolgate privacy due --days 365 --as r-lowe --json
    """
    from datetime import timedelta

    from data.retention.purge import preview
    from monitor.act.requests.finding import cases_known
    from monitor.cli.views.privacy import due_json, due_lines

    office, now = opts.office(person, school), utc_now()
    keys = sorted({office.school.urn, *office.school.members})
    with office.session.store.read() as con:
        found = preview(con, keys, now, now + timedelta(days=days), office.config.policy)
        found = cases_known(con, office, found)
    opts.show(due_json(found), due_lines(found, office.config.policy, days, office.config.zone))


KINDS = (
    "access, erasure, objection, rectification, restriction, complaint; told: somebody has to be told "
    "(Article 14)"
)


def record(
    opts: JsonOptions,
    kind: Annotated[str, Argument(metavar="KIND", help=f"What is asked: {KINDS}.")],
    person: As,
    reference: Annotated[
        str, Option("--reference", help="Your own number for it, without a name: lists show it.")
    ],
    why: WhyWanted,
    received: Annotated[
        str | None, Option("--received", help="When it came, if not today: 20 November 2026.")
    ] = None,
    school: School = None,
) -> None:
    """Record what somebody asks about their own data. The time to answer starts.

    \b
    Examples:
      schoolgate privacy record access --reference SAR-2026-004 --received 2026-11-20 --as r-lowe
      schoolgate privacy record complaint --reference DPC-7 --as r-lowe --why "By letter, from the author"
    """
    from data.privacy.requests import RequestKind
    from monitor.act.privacy import record_request
    from monitor.cli.views.privacy import request_json, request_line

    asked = one_of(kind, "KIND", RequestKind)
    words, number = own_words(why, "--why"), own_words(reference, "--reference")
    office = opts.office(person, school)
    zone, now = office.config.zone, utc_now()
    kept = record_request(office, asked, number, words, moment(received, "--received", zone), now).made
    opts.show(request_json(kept), [request_line(kept, zone, now)])
    if asked is not RequestKind.TOLD and not opts.as_json:
        say(f"What is held about them: schoolgate privacy search {kept.id} --by handle {office.options}")


RequestNumber = Annotated[str, Argument(metavar="REQUEST", help="The request's number: P0003, or 3.")]


def requests(opts: JsonOptions, person: As, school: School = None) -> None:
    """What people have asked about their own data, the first due at the top: at each school you answer for.

    \b
    Examples:
      schoolgate privacy requests --as r-lowe
      schoolgate privacy requests --as r-lowe --json
    """
    from data.store.privacy import requests as request_store
    from monitor.act.requests.office import open_offices
    from monitor.cli.views.privacy import request_json, request_lines

    office, *more = offices = open_offices(person, opts.home, opts.config, school)
    with office.session.store.read() as con:
        found = request_store.requests(con, [one.school.urn for one in offices])
    if opts.as_json:
        say(in_json([request_json(one) for one in found]))
        return
    names = {one.school.urn: one.school.name for one in offices} if more else {}
    say_lines(request_lines(found, office.config.zone, utc_now(), names))
    if not found:
        say("Nobody has asked for anything. To record what somebody asks:")
        options = f"--as {person} --school URN" if more else office.options
        say(f"schoolgate privacy record KIND --reference NUMBER {options}")


def answer(
    opts: JsonOptions,
    number: RequestNumber,
    how: Annotated[
        str,
        Argument(metavar="HOW", help="granted, part, refused, withdrawn; for now: acknowledged, extended."),
    ],
    person: As,
    why: WhyWanted,
    school: School = None,
) -> None:
    """Write down what became of a request. It sends nothing: you answer.

    A complaint is acknowledged within 30 days. A complex request for access, erasure or rectification, or
    a complex objection, may be extended once, by two months; tell the person within the first month (UK
    GDPR, Article 12(3)).

    \b
    Examples:
      schoolgate privacy answer P0003 granted --as r-lowe --why "Handed over at the office"
      schoolgate privacy answer P0004 extended --as r-lowe --why "Three years of posts; told today"
    """
    from data.privacy.requests import RequestEnding
    from data.steps.acts import Refused
    from monitor.act.privacy import FOR_NOW, answer_request
    from monitor.cli.views.privacy import request_json, request_line

    words = own_words(why, "--why")
    office, now = opts.office(person, school), utc_now()
    came = answer_request(office, number, among(how, "HOW", (*RequestEnding, *FOR_NOW)), words, now)
    if isinstance(came, Refused):
        raise InputError(came.reason)
    opts.show(request_json(came.made), [request_line(came.made, office.config.zone, now)])


def foi(
    opts: HomeOptions,
    person: As,
    to: Annotated[
        Path, Option("--to", metavar="DIR", help="A new folder to write to; only you can read it.")
    ],
    school: School = None,
) -> None:
    """Export what answers a freedom of information request: signed governors' reports and their numbers.

    Nothing else leaves. for-the-school/check-first.html names the Act of your nation and the exemptions to
    consider. Independent schools are not under it, and are refused.

    \b
    Examples:
      schoolgate privacy foi --to foi-2026-11 --as r-lowe
    """
    from monitor.act.requests.copying import TO_CHECK, TO_SEND, written
    from monitor.act.requests.freedom import exported

    office, now, folder = opts.office(person, school), utc_now(), to.expanduser().absolute()
    copy = exported(office, now)
    with written(folder, copy, now):
        pass
    say(f"{folder / TO_SEND}: signed reports ({copy.items}), with their numbers. Nothing was sent.")
    say(f"Read this first; it is only for the school: {folder / TO_CHECK / 'check-first.html'}")


privacy_app.command("record")(record)
privacy_app.command("requests")(requests)
privacy_app.command("answer")(answer)
privacy_app.command("search")(search)
privacy_app.command("sar")(sar)
privacy_app.command("erase")(erase)
privacy_app.command("object")(object_)
privacy_app.command("rectify")(rectify)
privacy_app.command("due")(due)
privacy_app.command("foi")(foi)
for _name in PAPERS:
    privacy_app.command(_name)(drafting(_name))
