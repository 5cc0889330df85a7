"""`schoolgate report-in`: what a person saw, through the same judging as everything else.

Of a file that may show a child undressed nothing is taken but where it lies: the matter goes to the DSL as an
address only.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from typer import Option

from data.effects import utc_now
from data.errors import InputError, SchoolgateError
from data.evidence.handed_in import PictureShows
from monitor.cli.commands import handed_in
from monitor.cli.commands.options import Asking, JsonOptions, School, finish
from monitor.home import wiring
from monitor.terminal import private_words

if TYPE_CHECKING:
    from data.evidence.handed_in import SaidOfPost
    from data.types import Person
    from monitor.cli.views.report_in import Answer
    from monitor.config.home.paths import Paths
    from monitor.config.load import Config
    from monitor.pipeline.sighting import Report
    from monitor.pipeline.spool import Kept

WHERE = (
    "Where it was: facebook, instagram, tiktok, snapchat, whatsapp, in_person, telephone, letter, email, … "
    "(?: list them all; Enter: not known)"
)
ITS_OWN = (
    "That is the address of a group or a page. If the post has one of its own, give it (Enter: none, or "
    "not known)"
)
NOT_HERE = (
    "--text takes no words: while a command runs, everybody on this machine can read them in its list of "
    "processes, and afterwards they are in the shell’s history. Nothing was recorded.\n"
    "Instead, type schoolgate report-in and answer its questions; or give the words on standard input "
    "(--text -) or in a file (--text-file FILE).\n"
    "What you typed just now is in that history: delete it there."
)


class NotTakenIn(SchoolgateError):
    """It could not be judged or saved: the text says where it is kept, and that nobody was told of it."""


@dataclass(frozen=True, slots=True)
class Given:
    """What stood on the command line; `handed` is what is only kept with the evidence."""

    text: str | None
    text_file: Path | None
    url: str | None
    channel: str | None
    author: str | None
    seen_by: str | None
    seen_at: str | None
    file: Path | None
    child_image: bool | None
    false_account: bool = False
    handed: SaidOfPost | None = None


def report_in(
    opts: JsonOptions,
    text: Annotated[
        str | None,
        Option("--text", metavar="-", help="“-”: read what it said from standard input. No words here."),
    ] = None,
    text_file: Annotated[
        Path | None, Option("--text-file", metavar="FILE", help="A file with what it said.")
    ] = None,
    url: Annotated[str | None, Option("--url", help="Its address, if it has one.")] = None,
    channel: Annotated[
        str | None,
        Option(
            "--channel",
            help="Where it was: facebook, whatsapp, in_person, …; by default, what its address says.",
        ),
    ] = None,
    author: Annotated[str | None, Option("--author", help="The name it was posted under, as shown.")] = None,
    seen_by: Annotated[str | None, Option("--seen-by", help="Who saw it.")] = None,
    seen_at: Annotated[
        str | None,
        Option(
            "--seen-at", help="When it was seen: 20 November 2026 15:20, or just the day; by default, now."
        ),
    ] = None,
    danger: handed_in.DangerOption = None,
    danger_to: handed_in.DangerTo = None,
    about: handed_in.AboutOption = None,
    posted: handed_in.Posted = None,
    logged_in: handed_in.LoggedIn = None,
    supplied_by: handed_in.SuppliedBy = None,
    came: handed_in.Came = None,
    not_known: handed_in.NotKnown = None,
    file: Annotated[Path | None, Option("--file", help="A screenshot or saved page to keep.")] = None,
    child_image: handed_in.ChildImage = None,
    image_not_sure: handed_in.NotSure = False,
    false_account: Annotated[
        bool,
        Option("--false-account", help="The account at the address is itself the problem: it is a fake."),
    ] = False,
    list_: Annotated[
        Path | None,
        Option(
            "--list",
            metavar="FILE",
            help="A list of posts (CSV: address,words), as one matter; only shown, until --yes.",
        ),
    ] = None,
    yes: Annotated[bool, Option("--yes", help="With --list: record it.")] = False,
    of: handed_in.Of = None,
    shows_nothing: handed_in.ShowsNothing = None,
    shows_child: handed_in.ShowsChild = None,
    state: handed_in.State = None,
    person: Asking = None,
    school: School = None,
) -> None:
    """Record something a person saw, and judge it like everything else.

    In a terminal it asks for what was said and for anything else that is missing. Never type what was said
    on the command line: others on this machine can read it there, and it stays in the shell’s history.

    \b
    Examples:
      schoolgate report-in
      schoolgate report-in --url https://example.org/p/1 --seen-by "Front office" --text-file post.txt
      schoolgate report-in --channel facebook --file shot.png --no-child-image --text - < post.txt
      schoolgate report-in --list list.csv --seen-by "Front office"
    """
    # Raises InputError for what cannot be used, NotTakenIn where it is kept for later.
    from monitor.cli.views.report_in import as_json, lines
    from monitor.matters.reader import asker

    if state is not None:
        _say_state(opts, state, school, person)
        return
    if shows_child is not None or (shows_nothing is not None and file is None and of is None):
        _judge_image(opts, url, shows_nothing, shows_child, school, person)
        return
    if shows_nothing is not None:
        _let_in(opts, file, of, shows_nothing, school, person)
        return
    typed = handed_in.Typed(
        *(None, author, posted, None, seen_at, seen_by, logged_in, supplied_by, came, tuple(not_known or ()))
    )
    given = Given(text, text_file, url, channel, author, seen_by, seen_at, file, child_image, false_account)
    said = handed_in.Door(danger, danger_to, about, child_image, image_not_sure)
    where, settings = _opened(opts)
    urn, who = wiring.pick_urn(settings, school), asker(settings, person)
    if list_ is not None:
        made = _of_a_line(settings, urn, who, given, typed, said, named=school is not None)
        _hand_in_list(opts, (where, settings, urn), who, list_, made, yes=yes)
        return
    if yes:
        raise InputError("--yes goes with --list FILE.")
    answer = _taken(where, settings, urn, who, given, typed, said, named=school is not None)
    opts.show(as_json(answer), lines(answer))


def _taken(
    where: Paths,
    settings: Config,
    urn: str,
    who: Person | None,
    given: Given,
    typed: handed_in.Typed,
    door: handed_in.Door,
    *,
    named: bool,
) -> Answer:
    """What is answered to what was handed in by `who`, who `named` the school."""
    from monitor.act.report_in import check_address, checked_report, is_barred, sends, to_ring
    from monitor.cli.views.report_in import Answer
    from monitor.pipeline.spool import Kept
    from monitor.pipeline.supplied import read_handed_in, tells_place

    fake = given.false_account or door.not_sure
    address = partial(check_address, settings=settings, urn=urn, any_account=fake or given.child_image)
    how = handed_in.HowRead(settings.people, utc_now(), settings.zone, address)
    _usable(given, address)
    given = replace(given, handed=handed_in.read(typed, how))
    asking = given.text is None and given.text_file is None and private_words.at_a_terminal()
    says = handed_in.at_the_door(door, how.people, asking=asking, file=given.file is not None)
    shows, barred = says.picture is PictureShows.YES, is_barred(says)
    bytes_ = read_handed_in(given.file) if given.file is not None and not barred else None
    given, now = _with_words(given, address, how, barred=shows), utc_now()
    taken = replace(_report(given, now), school_named=named, by=who.id if who else None, says=says)
    report = checked_report(taken, given.file)
    kept = _kept(settings, where, Kept(report, urn, given.file, now), bytes_)
    ring = to_ring(settings, urn, says.about)
    return Answer(
        kept,
        settings.zone,
        None if ring is not None and ring == who else ring.name if ring else "",
        who.id if who else "PERSON",
        dropped=bool(shows and (taken.text or taken.author)),
        tells_place=tells_place(bytes_ or b""),
        sends=sends(settings, where, utc_now()),
    )


def _of_a_line(
    settings: Config,
    urn: str,
    who: Person | None,
    given: Given,
    typed: handed_in.Typed,
    door: handed_in.Door,
    *,
    named: bool,
) -> Callable[[str, str], Report]:
    """Makes a report of the address and the words of a line, with what was said of the whole list."""
    from monitor.act.report_in import check_address, checked_report

    if given.text is not None or given.text_file is not None or given.url or given.file is not None:
        raise InputError(
            "--list: its lines have the addresses and the words. Leave out --url, --text, --text-file "
            "and --file."
        )
    fake = given.false_account or door.not_sure
    address = partial(check_address, settings=settings, urn=urn, any_account=fake or given.child_image)
    how, now = handed_in.HowRead(settings.people, utc_now(), settings.zone, address), utc_now()
    _usable(given, address)
    given = replace(given, handed=handed_in.read(typed, how))
    says = handed_in.at_the_door(door, how.people, asking=False, file=False)

    def report_of(url: str, words: str) -> Report:
        address(url)
        line = replace(given, url=url, text="" if given.child_image else words)
        by = who.id if who else None
        return checked_report(replace(_report(line, now), school_named=named, by=by, says=says), None)

    return report_of


def _opened(opts: JsonOptions) -> tuple[Paths, Config]:
    """The home. Raises InputError, with what to do in danger, where nothing can be handed in there."""
    try:
        return wiring.settings(opts.home, opts.config)
    except SchoolgateError as error:
        from monitor.cli.views.report_in import URGENT

        raise InputError(f"{error}\nNothing was recorded. {URGENT}") from error


def _kept(settings: Config, where: Paths, kept: Kept, content: bytes | None) -> Kept:
    """What was kept, under its number. Raises NotTakenIn where it could not be judged or saved."""
    from monitor.act.report_in import NotYetTaken
    from monitor.act.report_in import report_in as keep
    from monitor.cli.views.report_in import not_saved

    try:
        return keep(settings, where, kept, content, utc_now).made
    except NotYetTaken as failed:
        raise NotTakenIn(
            not_saved(failed.fault, failed.path, replace(kept, number=failed.number))
        ) from failed.fault


def _say_state(opts: JsonOptions, reference: str, school: str | None, person: str | None) -> None:
    """Received, being dealt with or ended: nothing else is told."""
    from monitor.act.report_in import state_of
    from monitor.matters.reader import asker

    where, settings = wiring.settings(opts.home, opts.config)
    urn, who = wiring.pick_urn(settings, school), asker(settings, person)
    found = state_of(settings, where, urn, reference.strip(), who)
    opts.show({"state": found.name.lower()}, [f"{found.value.capitalize()}."])


def _let_in(
    opts: JsonOptions, file: Path | None, of: str | None, why: str, school: str | None, person: str | None
) -> None:
    """A file that was not taken, once a safeguarding lead has said why it may be."""
    from monitor.act.report_in import hand_in_picture
    from monitor.cli.commands.case.record import made
    from monitor.config.home.lookup import known_person
    from monitor.matters.reader import asker
    from monitor.pipeline.supplied import read_handed_in

    if file is None or of is None or not why.strip():
        raise InputError("--shows-nothing WHY: say why, and give --file FILE and --of NUMBER too.")
    where, settings = wiring.settings(opts.home, opts.config)
    who = asker(settings, person) or known_person(settings, None)
    post = (wiring.pick_urn(settings, school), of)
    read = partial(read_handed_in, file)
    mention = made(hand_in_picture(settings, where, who, post, read, why.strip(), utc_now))
    opts.show({"mention": mention}, ["The file is kept. That you said so is recorded."])


def _judge_image(
    opts: JsonOptions, url: str | None, nothing: str | None, child: str | None, *named: str | None
) -> None:
    """What a safeguarding lead says of images at an address of which somebody said what they may show."""
    from monitor.act.report_in import judge_image
    from monitor.cli.commands.case.record import made
    from monitor.config.home.lookup import known_person

    why, shows = (child or nothing or "").strip(), child is not None
    if not url or not why or (child is not None and nothing is not None):
        raise InputError("--shows-nothing WHY or --shows-child WHY: say why, and give --url URL too.")
    school, person = named
    where, settings = wiring.settings(opts.home, opts.config)
    of = (wiring.pick_urn(settings, school), url)
    done = made(judge_image(settings, where, known_person(settings, person), of, why, utc_now(), shows=shows))
    said = "It stays so: no file" if shows else "Withdrawn: unless another school says so too, files"
    lines = [f"{said} of that address may be handed in. That you said so is recorded."]
    opts.show({"reports": done}, lines)


def _usable(given: Given, address: Callable[[str], None]) -> None:
    """Raises InputError before anything is asked or read."""
    from monitor.pipeline.sighting import known_channel, moment, readable

    if given.text is not None and given.text != private_words.STANDARD_INPUT:
        raise InputError(NOT_HERE)
    if given.text is not None and given.text_file is not None:
        raise InputError("--text -, --text-file: give only one of the two.")
    from_input = given.text is not None or str(given.text_file) == private_words.STANDARD_INPUT
    if from_input and given.file is not None:
        handed_in.refuse_unanswered(given.child_image)
    readable({"author": given.author, "seen-by": given.seen_by, "url": given.url, "channel": given.channel})
    if given.channel is not None:
        known_channel(given.channel)
    address(given.url or "")
    moment(given.seen_at, utc_now())


def _with_words(
    given: Given, address: Callable[[str], None], how: handed_in.HowRead, *, barred: bool
) -> Given:
    """With the words from where they come; all that is missing is asked for where somebody is there."""
    if given.text is not None:
        return replace(given, text=private_words.standard_input("--text -"))
    if given.text_file is not None:
        return replace(given, text=private_words.file(given.text_file, "--text-file"))
    return _asked(given, address, how, barred=barred) if private_words.at_a_terminal() else given


def _asked(given: Given, address: Callable[[str], None], how: handed_in.HowRead, *, barred: bool) -> Given:
    """The words come last: what is pasted after them is no answer to another question."""
    from monitor.pipeline.same_post import of_many
    from monitor.pipeline.sighting import checked_url, known_channel

    url = given.url or handed_in.ask_until(
        "Its address (Enter: it has none)", checked_url if barred else address
    )
    if of_many(url) and not (barred or given.false_account):
        url = handed_in.ask_until(ITS_OWN, address) or url
    by = given.seen_by or private_words.line("Who saw it (Enter: not said)")
    if barred:
        return replace(given, url=url, seen_by=by or None)
    channel = given.channel or ""
    if not (channel or url):
        channel = handed_in.ask_until(WHERE, lambda said: known_channel(said.lower())).lower()
    at = given.seen_at or handed_in.ask_until(
        "When it was seen, as 20 November 2026 15:20 (Enter: now)", _a_moment
    )
    author = given.author or private_words.line("The name it was posted under, as shown (Enter: not known)")
    seen = handed_in.Typed(seen_at=at or f"{how.now:%Y-%m-%dT%H:%M:%SZ}", seen_by=by)
    handed = _handed_in(given, handed_in.read(seen, how), {"address": url, "author": author}, how)
    text = private_words.lines("What it said, word for word.")
    return replace(
        given, url=url, seen_by=by or None, channel=channel or None, seen_at=at or None,
        author=author or None, text=text, handed=handed,
    )  # fmt: skip


def _handed_in(
    given: Given, seen: SaidOfPost, asked: Mapping[str, str], how: handed_in.HowRead
) -> SaidOfPost:
    """What is kept with the evidence; of a file it is also asked where it came from."""
    handed = replace(given.handed or seen, seen_at=seen.seen_at, seen_by=seen.seen_by)
    handed = replace(handed, not_known=(*handed.not_known, *(name for name in asked if not asked[name])))
    wanted = ("posted", "logged_in", "supplied_by", "came") if given.file is not None else ()
    return handed_in.ask_missing(handed, wanted, how)


def _report(given: Given, now: datetime) -> Report:
    """What is judged. Raises InputError for a time that is none."""
    from data.evidence.handed_in import SaidOfPost
    from data.web.channels import ELSEWHERE, place_of
    from monitor.pipeline.sighting import Report, moment

    return Report(
        given.text or "",
        given.url or "",
        place_of(given.channel or ELSEWHERE, given.url or ""),
        given.author,
        given.seen_by,
        moment(given.seen_at, now),
        handed=given.handed or SaidOfPost(),
    )


def _a_moment(said: str) -> None:
    from monitor.pipeline.sighting import moment

    moment(said or None, utc_now())


_NOT_ALL = 3


def _hand_in_list(
    opts: JsonOptions,
    into: tuple[Paths, Config, str],
    who: Person | None,
    path: Path,
    report_of: Callable[[str, str], Report],
    *,
    yes: bool,
) -> None:
    """What becomes of each line of the list; with `yes` it is recorded. `report_of` makes a report of an
    address and words, or raises InputError."""
    from alerts.access.guidance import office_named
    from monitor.act.casework.from_alert import judging
    from monitor.act.matter.from_list import Becomes, hand_in_list, read_list, speaking_of, without_known
    from monitor.act.report_in import sends, to_ring
    from monitor.cli.views.report_in import Answer, ListAnswer, list_json, list_lines, list_not_saved
    from monitor.cli.views.screen import ENGLISH

    where, settings, urn = into
    read, before = read_list(path, report_of), frozenset[str]()
    if who is not None:
        with wiring.open_store(where.home).read() as con:
            read, before = without_known(con, read, urn, who.id)
    wanted, answer = read.of(Becomes.RECORDED), None
    if yes and wanted:
        reports = [report_of(line.address, line.words) for line in wanted]
        try:
            first = hand_in_list(settings, where, reports, before, urn, utc_now, judging)
        except (SchoolgateError, OSError) as error:
            raise SchoolgateError(list_not_saved(error, path)) from error
        ring = to_ring(settings, urn, first.report.says.about)
        answer = Answer(
            first,
            settings.zone,
            None if ring is not None and ring == who else ring.name if ring else "",
            who.id if who else "PERSON",
            sends=sends(settings, where, utc_now()),
        )
    school = settings.school(urn)
    spoken = speaking_of(read, school, settings.people).items() if school else ()
    of = {office_named(role, school.nation, ENGLISH): lines for role, lines in spoken} if school else {}
    shown = ListAnswer(path.name, read, answer, of)
    opts.show(list_json(shown), list_lines(shown))
    if yes and read.of(Becomes.REFUSED):
        finish(_NOT_ALL)
