"""A home in which each act that the audit knows was done."""

from dataclasses import replace
from datetime import timedelta

from builders.backup import back_up, put_back
from builders.case_desk import PNG, Desk
from builders.evidence import OPENED, URN, a_case, a_step, keep, some_files, some_steps
from builders.hand_in import CHILD_IMAGE, hand_in
from builders.home import a_migrated_store, do_on, open_session
from builders.mention import POLICY, a_batch, a_mention, a_verdict, an_alert, save
from builders.privacy import a_request, an_office, by, copy, erase, search
from builders.steps import names_of_facts

from alerts import drill
from alerts.ladder.replay import replay
from alerts.links import Links
from alerts.pack.facts import Recipient
from classifiers.verdicts.by_people import Naming
from data.evidence.handed_in import Says, Whom
from data.evidence.vault import Vault
from data.matters import MatterNote, SaidWrong
from data.retention.deleting import purge
from data.steps.acts import Done
from data.steps.codes import StepKind
from data.store import alerts as alert_store
from data.store import cases as case_store
from data.store import owners as owner_store
from data.store import service as sessions
from data.store import sources as source_store
from data.store import stories as story_store
from data.store import weekly as weekly_store
from data.store.cases import stories_of_posts
from data.store.engine.audit_chain import AuditEntry, append, record_act
from data.store.evidence import evidence_file, put_files
from data.store.mentions import handed_in, note_lookup, note_passed
from data.store.outbox import WaitingMail, withdraw_needless
from data.store.owners import put_note, put_said_wrong, take_note_back, take_said_wrong_back
from data.store.sealing import restrict_matter
from data.store.service import LinkedAccount, Passkey, PrintedCode, add_passkey, remove, use
from data.store.sources import Logged
from data.store.stories import StoryMove
from data.store.verdicts import put_again
from data.store.weekly import WeeklyReport
from data.types import Escalation, Mark, Marked, Owner, Severity
from monitor.act import packing
from monitor.act.accounts import NEW, save_account, save_policy
from monitor.act.packing import Packed, PackRequest
from monitor.act.people import Keeper, set_away
from monitor.act.privacy import answer_request, rectify, uphold
from monitor.act.report_in import hand_in_picture, judge_image
from monitor.act.wrong import name
from monitor.config.home.context import Context
from monitor.config.load import load_file
from monitor.home import wiring

DRILL = [said for said in vars(drill).values() if isinstance(said, str) and said.startswith("drill_")]


_SAYS = {
    "about": "staff", "addresses": "203.0.113.9", "advice": "lawyer", "alert": "a1", "amended": "no",
    "as": "decider", "audience": "pike", "author": "author-1", "barred": "no", "capture": "cap1",
    "became": "safe", "channel": "forum", "beside": "",
    "class": "C7", "contact_safe": "yes", "decision": "seek", "domain": "forum.example.org",
    "ending": "removed", "ends": "art14_month", "failed": "no", "form": "docx", "from": "C0", "front": "no",
    "ground": "child_at_risk", "host": "Example Hosting", "how": "by phone", "imminent": "no",
    "impact": "distress", "informed": "owed", "kept": "not_kept", "kind": "page", "letter": "thanks",
    "manifest": "", "meant": "vale", "mention": "m2", "nature": "an insult", "network": "EXAMPLE-NET",
    "network_abuse": "abuse@example.net", "nominet": "no", "nth": "1", "overseers": "marsh",
    "own_site": "no", "pack": "0" * 64, "person": "vale", "policy": "p1",
    "poster_told_at": OPENED.isoformat(),
    "proposed_by": "ash", "proposed_class": "C7", "received_at": OPENED.isoformat(), "reference": "T-118",
    "registrar": "Example", "registrar_abuse": "abuse@example.org", "relationship": "parent",
    "restricted": "no", "result": "gone", "review": "2027-05-31", "route": "request_removal",
    "rung": "platform_report", "sealed": "1" * 64,
    "sha256": "0" * 64, "spread": "little", "stands": "yes", "starts": "art14_month",
    "sent": "The gates open at nine.",
    "status": "offered", "story": "s-one", "subjects": "", "target": "vale", "to": "police",
    "known": "", "adds_to": "", "looked": "looked_person",
    "url": "https://forum.example.org/one", "visible": "two days", "who": "school", "files": "",
    "written_at": OPENED.isoformat(), "talked_at": OPENED.isoformat(), "by": OPENED.isoformat(),
    "author_says": "staff",
    "second": "ash", "says": "not_safe", "sender": "solicitor", "signed_in": "no", "place": "1",
    "what": "copy",
    "tell": "regulator", "case": "0002", "closes": "no", "taken": "0", "undone": "no",
}  # fmt: skip
"""Something to say for every fact that a step may hold."""
_OTHERWISE = {
    (StepKind.ANSWERED, "result"): "removed", (StepKind.LOCKED, "ground"): "charge",
    (StepKind.ABOUT, "who"): "staff", (StepKind.WARNED, "who"): "site",
    (StepKind.STAFF_POST, "what"): "union",
}  # fmt: skip
_LEFT_OUT = ("danger_now", "enquiry", "lane", "own_site", "restricted")


def every_step(case_id, captured):
    """A step of each kind, with all that it may say: such a case never was, but each step is written so."""
    case = a_case(case_id)
    steps = []
    for n, kind in enumerate(StepKind, start=1):
        names = [name for part in names_of_facts(kind) for name in part if name not in _LEFT_OUT]
        facts = {name: _OTHERWISE.get((kind, name), _SAYS[name]) for name in names}
        facts |= {name: captured[name] for name in ("capture", "manifest", "files") if name in facts}
        steps.append(a_step(n, kind, {k: v for k, v in facts.items() if v}, case, why=f"Because, {n}."))
    return steps


def a_home_of_every_action(home):
    """Each action of the audit, by the function that writes it in earnest."""
    home.mkdir()
    desk = Desk(home)
    for made in (
        _alerts,
        _sealed_and_hidden,
        _handed_over,
        _closed_long_ago,
        _cases,
        _packed,
        _accounts_and_reports,
        _registers,
        _settings_changed,
    ):
        made(desk.store)
    handed = hand_in(home, "Oakfield is mentioned.", urn=URN, seen_by="Front office", files=(PNG,))
    lead, where, config = desk.session("pike").person, *wiring.open_settings(home, None)
    of = URN, handed.number
    assert isinstance(hand_in_picture(config, where, lead, of, PNG, "It is the gate.", desk.clock), Done)
    hit = hand_in(home, "A teacher of Oakfield hit my son in class.", urn=URN, says=Says(about=Whom.STAFF))
    with desk.store.write("test") as con:
        (mention,) = handed_in(con, URN, hit.number)
        note_passed(con, URN, {mention: "pike"}, OPENED)
        ((story,),) = stories_of_posts(con, URN, mention).values()
    session = open_session("pike", home, None)
    named = do_on(session, story, URN, OPENED, name, Naming(None, None, ()), "So.")
    assert isinstance(named, Done), named
    image = "https://example.org/image"
    hand_in(home, url=image, urn=URN, by="pike", says=CHILD_IMAGE)
    for shows in (True, False):
        done = judge_image(config, where, lead, (URN, image), "So.", desk.clock(), shows=shows)
        assert isinstance(done, Done), done
        hand_in(home, "I will stab Mr Vale at the gate of Oakfield Primary tomorrow.", url=image, urn=URN)
    _signed_in(desk.store)
    _taken_down(desk.store)
    _asked_of_their_data(desk)
    purge(desk.store, OPENED, POLICY, force=True)
    (home.parent / "backups").mkdir()
    made, _ = back_up(home, home.parent / "backups", OPENED)
    put_back(made, home, OPENED, replace=True)
    return a_migrated_store(home)


def _taken_down(store):
    """A post that its platform lacked twice."""
    down = a_mention("down")
    with store.write("two lookups") as con:
        save(con, a_batch(down, story_id="s-down"), now=OPENED, policy=POLICY)
        for day in (1, 2):
            note_lookup(con, [down.id], [down.id], at := OPENED + timedelta(days=day), at)


def _signed_in(store):
    """A session of the desk, another in its place, and their ends."""
    now = OPENED
    first, second = (
        sessions.DeskSession(name, "pike", "", sessions.Device.OWN, now, now, now) for name in ("1", "2")
    )
    with store.write("somebody at the desk") as con:
        sessions.begin_session(con, first)
        sessions.renew_session(con, first, second)
        sessions.note_code_shown(con, "pike", "jo", now)
        sessions.end(con, second, now)
        code = PrintedCode("3", "pike", "fern", now, now + timedelta(days=7))
        sessions.put_codes(con, [code])
        sessions.use_code(con, code.hash, now)
        sessions.end_all(con, "pike", "pike", now)
        record_act(con, now, "pike", "device_lost", "pike")
        passkey = Passkey("4", "pike", "", "", 1, "my phone", now)
        add_passkey(con, passkey)
        use(con, passkey, 2, now)
        use(con, passkey, 1, now)
        remove(con, "pike", "pike", now)
        sessions.change_code(con, URN, "pike", now)


def _asked_of_their_data(desk):
    """A request, what was done for it, and what became of it."""
    number, mention = a_request(desk), a_mention("asked-about")
    with desk.store.write("a post somebody asks about") as con:
        save(con, a_batch(mention, story_id="s-asked"), now=OPENED, policy=POLICY)
        wrong = SaidWrong(mention.id, URN, "pike", None, "criticism", None, "So.", OPENED)
        put_said_wrong(con, wrong, "s-asked")
        take_said_wrong_back(con, "s-asked", URN, "pike", OPENED, [""])
        note = MatterNote("n-asked", "s-asked", URN, "pike", "Rung.", OPENED)
        put_note(con, note)
        take_note_back(con, "s-asked", URN, note.id, "pike", OPENED)
    office = an_office(desk)
    search(desk, "handle", "poster-asked-about", number)
    copy(desk, "handle", "poster-asked-about", number=number)
    rectify(office, number, mention.id, "He left in 2019", OPENED)
    erasing = a_request(desk, "erasure")
    uphold(office, erasing, by("handle", "poster-asked-about"), None, OPENED)
    assert erase(desk, "handle", "poster-asked-about", number=erasing) == (1, [])
    disclosed = a_mention("disclosed")
    with desk.store.write("a post that stays, for nobody has taken its alert") as con:
        alert = an_alert("s-stays")
        save(con, a_batch(disclosed, story_id="s-stays", alerts=[alert]), now=OPENED, policy=POLICY)
    assert erase(desk, "handle", "poster-disclosed", number=erasing)[0] == 0
    answer_request(office, number, "granted", "Handed over", OPENED)


def _alerts(store):
    """Raised, escalated twice, rung, kept from one, read, taken; marked, unmarked; a mail withdrawn."""
    told = an_alert("s-two", severity=Severity.THIS_HOUR, excluded=("ash",))
    with store.write("an alert") as con:
        alert_store.put_alerts(con, [told], OPENED)
        for step, person in ((1, "holt"), (2, "pike"), (3, None)):
            alert_store.put_step(con, Escalation(told.id, URN, 1, step, person, OPENED))
        alert_store.exclude_from_alerts(con, {told.id: ("holt",)}, OPENED)
        alert_store.ask_also(con, told, ("marsh",), ("marsh",), "pike", OPENED)
        sessions.link(con, LinkedAccount("https://login.example.org", "oid-of-pike", "pike", "pike", OPENED))
        sessions.unlink(con, "pike", "vane", OPENED)
        alert_store.restricted_text(con, told.id, reason="To act on it.", person="pike", now=OPENED)
        alert_store.ack(con, told.id, "pike", OPENED)
        given = Owner("vane", OPENED, "pike")
        alert_store.give(con, told.id, given, "While I teach.")
        alert_store.undo_giving(con, told.id, given, "pike", OPENED)
        alert_store.put_down(con, told.id, "pike", OPENED)
        owner_store.record_mark(con, Marked("s-two", URN, Mark.NOT_US, "pike", OPENED))
        owner_store.undo(con, "s-two", URN, "pike", OPENED)
        wishes = Owner("pike", OPENED, "pike", ask_at=OPENED + timedelta(days=1))
        owner_store.ask_for_reminder(con, "s-two", URN, wishes, OPENED)
        post = a_mention("moved")
        save(con, a_batch(post, story_id="s-moved"), now=OPENED, policy=POLICY)
        move = StoryMove("s-moved", "s-two", URN, True, (post.id,), OPENED, "pike", kept_out=("ash",))
        story_store.undo_move(con, story_store.move(con, move), "pike", OPENED)
        mail = WaitingMail(
            "never-sent", told.id, "pike", "instant", OPENED, queued=True, shown=True, named=True
        )
        withdraw_needless(con, told, [mail], OPENED, by_digest=True)


def _sealed_and_hidden(store):
    """A case about a post that is held and judged again; then a person finds that it is for the DSL."""
    mention, case = a_mention("lie"), a_case("0044", story_id="s-lie")
    case = replace(case, mention_id=mention.id)
    with store.write("a case of a post") as con:
        batch = a_batch(mention, story_id="s-lie", alerts=[an_alert("s-lie")])
        save(con, batch, now=OPENED, policy=POLICY)
        steps = some_steps(case)
        case_store.append_steps(con, replay(steps), steps, (), OPENED)
        put_again(con, [a_verdict(mention, severity=Severity.TODAY)], {(mention.id, URN)}, OPENED, POLICY)
        restrict_matter(con, "s-lie", URN, ("pike",), OPENED)


def _handed_over(store):
    """A disclosure with a file handed in; its words are due at once."""
    mention = a_mention("disclosure")
    judged = a_verdict(mention, content_class="C10", restricted=True)
    alert = an_alert("s-three", content_class="C10", restricted=True)
    sha256 = Vault(store.evidence).store_bytes(b"a picture that was handed in")
    with store.write("a disclosure") as con:
        batch = a_batch(mention, verdicts=[judged], story_id="s-three", alerts=[alert])
        save(con, batch, now=OPENED - timedelta(days=1), policy=POLICY)
        put_files(
            con, [evidence_file(URN, mention.id, sha256, "image/png", 28, OPENED, "report-in", "supplied")]
        )
        alert_store.hand_over_alert(con, alert.id, "pike", OPENED - timedelta(hours=1))


def _closed_long_ago(store):
    """A case whose time is over, with a capture of its own."""
    case, files = a_case("0041", mention_id=None), some_files(**{"post.png": b"z"})
    keep(store, case, "cap9", files)
    taken = some_steps(case, [("cap9", files)])
    ended = a_step(len(taken) + 1, StepKind.CLOSED, {"ending": "removed"}, case, why="It is gone.")
    steps = [replace(s, done_at=s.done_at - timedelta(days=4000)) for s in (*taken, ended)]
    with store.write("a case of long ago") as con:
        case_store.append_steps(con, replay(steps), steps, (), OPENED)


def _cases(store):
    """A case with every kind of step, its restricted words read once."""
    case, files = a_case("0042"), some_files()
    keep(store, case, "cap1", files)
    first = some_steps(case, [("cap1", files)])
    captured = next(s.stored_facts for s in first if s.kind is StepKind.EVIDENCE)
    steps = every_step(case.id, dict(captured))
    with store.write("a case of every kind of step") as con:
        case_store.append_steps(con, replay(steps), steps, (), OPENED)
        case_store.record_read(con, case, person="holt", reason="To weigh it.", now=OPENED)


def _packed(store):
    case = a_case("0043")
    steps = some_steps(case)
    config = load_file(store.home / "schoolgate.toml", {})
    maker = next(p for p in config.people if p.id == "holt")
    wanted = PackRequest(replay(steps), maker, Recipient.POLICE, course=True)
    context = Context(config, store.home, Links())
    with store.write("a case and its pack") as con:
        case_store.append_steps(con, replay(steps), steps, (), OPENED)
        done = packing.record_pack(
            con, context, wanted, Packed("p", b"zip", b"pdf", 5), "A pack was made.", OPENED
        )
        assert done is None


def _accounts_and_reports(store):
    report = WeeklyReport(URN, "2026-W47", "{}", OPENED, OPENED, "holt", "0" * 64, "1" * 64)
    with store.write("an account and a report") as con:
        source_store.put_log(
            con, Logged("e1", URN, "0042", OPENED, "fern", "hidden", "It names a pupil.", None)
        )
        weekly_store.put_report(con, report.urn, report.week, report.facts, OPENED)
        weekly_store.send_back(con, report, "pike", "The policy has another name.", OPENED)
        weekly_store.sign(con, report)
        append(con, [AuditEntry(OPENED, "schoolgate", action, "drill-1", URN) for action in DRILL])


def _registers(store):
    config = load_file(store.home / "schoolgate.toml", {})
    holt = next(p for p in config.people if p.id == "holt")
    save_account(store, config, holt, NEW, {"name": "Our page"}, OPENED)
    save_policy(store, config, holt, NEW, {"title": "Social media policy"}, OPENED)


def _settings_changed(store):
    config = load_file(store.home / "schoolgate.toml", {})
    person = next(p for p in config.people if p.id == "pike")
    set_away(Keeper(config, store.home, store, None, OPENED), person, OPENED.date() + timedelta(days=9), None)
