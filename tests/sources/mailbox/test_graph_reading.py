"""A mailbox at Microsoft 365 is read by Graph: limited to itself, resumed, never changed; faults are said."""

import gzip
from dataclasses import dataclass

import pytest
from builders.fetcher import NOW, QUICK, fetcher_for, unknown
from support.for_each import for_each
from support.graph_mailbox import GraphBox
from support.mails import TABLE, expected, raw, told
from support.microsoft import JSON, PAGE, failed, microsoft
from support.web_server import Answer

from data.types import Outcome, Request, Source, SourceState
from monitor.pipeline.collect import collect, scope_of
from sources.mailbox import reading as graph
from sources.mailbox.collector import bundle_of
from sources.mailbox.mail import mail_of
from sources.mailbox.reading import MailboxAccess
from sources.registry import collector
from sources.walls import asked_too_often

ALERTS, HEAD = "alerts@example.org", "head@example.org"
SOURCE = Source("alerts", "mailbox", f"graph://{ALERTS}", ("900001",))


@dataclass(frozen=True)
class Shown:
    value: str
    fresh: bool


class Given:
    """What gives tokens out here: a kept one, and a fresh one once that was thrown away."""

    def __init__(self) -> None:
        self.thrown: list[str] = []

    def token(self) -> Shown:
        return Shown("token-new", True) if self.thrown else Shown("token-kept", False)

    def throw_away(self, token: Shown) -> None:
        self.thrown.append(token.value)


@pytest.fixture(scope="module")
def tenant():
    with microsoft() as there:
        yield there


@pytest.fixture
def box(tenant):
    tenant.good = None
    tenant.site.asked.clear()
    return GraphBox(tenant, ALERTS, refuses=[HEAD])


def fetcher(box, other=HEAD, given=None):
    given = given or Given()
    access = MailboxAccess(given.token, given.throw_away, other)
    tls, way = box.there.tls, box.there.way.proxy()
    return fetcher_for(tls=tls, through=way, resolve=unknown, inboxes={"alerts": access}.get, limits=QUICK)


def read(box, run=None, source=SOURCE, **given):
    state = SourceState("alerts", resume=run.resume if run else None, scope=scope_of(SOURCE))
    return collect(source, state, collector("mailbox"), fetcher(box, **given).fetch, lambda: NOW)


def ask(box, **given):
    return fetcher(box, **given).fetch(Request(SOURCE.url, auth="alerts"))


def posts(collected):
    """Their numbers, 0 for a find in the place of a mail that could not be read."""
    return sorted(int(m.url.rpartition("/")[2] or 0) for m in collected.mentions)


# ------------------------------------------------------------------ what is read
def test_a_mailbox_is_read_in_pages_newest_first_and_nothing_twice(box, monkeypatch):
    monkeypatch.setattr(graph, "_PAGE", 2)
    for _ in range(12):
        box.put()
    first = read(box)
    box.put()
    second = read(box, first.run)
    third = read(box, second.run)
    assert (posts(first), posts(second)) == (list(range(3, 13)), [1, 2])
    assert (posts(third), first.run.outcome) == ([13], Outcome.OK)
    quiet = read(box, third.run)
    assert (quiet.run.outcome, quiet.mentions) == (Outcome.NOT_MODIFIED, ())
    assert {one.method for one in box.there.site.asked if one.path.startswith("/v1.0/")} == {"GET"}


def test_where_graph_no_longer_knows_where_we_were_the_last_days_are_read_again_by_the_same_ids(box):
    box.put()
    first = read(box)
    box.generation += 1
    box.put()
    again = read(box, first.run)
    assert (again.run.outcome, posts(again)) == (Outcome.OK, [1, 2])
    assert first.mentions[0].id in {m.id for m in again.mentions}
    assert "$filter=receivedDateTime%20ge%202026-11-15T09:00:00Z" in box.asked[-3]


def test_one_mail_that_is_too_large_hides_no_other(box, monkeypatch):
    monkeypatch.setattr(graph, "MOST_BYTES", 20_000)
    box.put()
    box.put("x" * 30_000)
    found = read(box)
    assert (posts(found), found.run.outcome) == ([0, 1], Outcome.PARTLY)


def test_one_mail_that_is_gone_too_large_or_from_an_address_beyond_ascii_hides_no_other(box):
    box.put()
    box.put(sender=("José", "josé@example.org"))
    assert posts(read(box)) == [1, 2]
    box.gone.add(box.put())
    assert (read(box).run.outcome, posts(read(box))) == (Outcome.OK, [1, 2])


def test_only_its_kind_is_asked_of_what_is_enclosed_until_somebody_wants_it(box):
    packed = gzip.compress(b"nobody opens this", mtime=0)
    box.put("Have you seen this?", enclosed=[("image/jpeg", b"\xff\xd8 nor this"), ("x/gzip", packed)])
    (one,) = bundle_of(ask(box).body.decode()).mails
    assert one.enclosed == ("image/jpeg", "x/gzip")
    assert not [path for path in box.asked if path.endswith("$value")]
    asked = (Request(f"{one.address};SECTION={n}", auth="alerts") for n in (1, 2))
    assert [fetcher(box).fetch(each).body for each in asked] == [b"\xff\xd8 nor this", packed]


def test_all_that_a_mail_says_is_read_and_nothing_of_its_pictures(box, monkeypatch):
    monkeypatch.setattr(graph, "_PAGE", 50)
    names = [name for name in TABLE if not TABLE[name].get("mime_only")]
    for name in names:
        box.put_mail(raw(name))
    found = [told(mail_of(one, NOW)) for one in bundle_of(ask(box).body.decode()).mails]
    assert dict(zip(names, found, strict=True)) == {name: expected(name, "graph") for name in names}
    opened = sorted(path[-9:] for path in box.asked if path.endswith("$value"))
    assert opened == ["p0/$value", "p1/$value"], "what is signed, and ATT00001.txt"


def test_when_and_where_a_meeting_is_counts_and_an_item_that_is_not_given_hides_nothing(box):
    london = {"dateTime": "2026-11-20T08:30:00.0000000", "timeZone": "UTC"}
    meeting = {"@odata.type": "#microsoft.graph.eventMessageRequest", "startDateTime": london}
    box.put("Bring eggs.", subject="Protest", location={"displayName": "Main gate"}, **meeting)
    bea, ros = ({"emailAddress": {"address": f"{one}@example.org"}} for one in ("bea", "ros"))
    inner = {"from": bea, "toRecipients": [ros], "body": {"content": "He came."}}
    box.put("See.", enclosed=[("message/rfc822", inner)])
    id_ = box.put("Please read it.", enclosed=[("message/rfc822", {"subject": "x"})])
    box.there.routes[box.path_of(id_) + "/attachments/p0/"] = Answer(403, failed("ErrorAccessDenied"), JSON)
    first, third, second = (mail_of(one, NOW) for one in bundle_of(ask(box).body.decode()).mails)
    assert third.enclosed_mails[0].people == "bea@example.org, ros@example.org"
    assert [line for line in first.lines if line] == ["Bring eggs.", "20 November 2026, 08:30", "Main gate"]
    assert (second.lines, second.cut, second.enclosed) == (("Please read it.",), True, ("message/rfc822",))


def test_a_meeting_of_whole_days_ends_on_its_last_and_says_how_often_it_is(box):
    first, after = (
        {"dateTime": f"2026-12-{day}T00:00:00.0000000", "timeZone": "UTC"} for day in ("04", "06")
    )
    pattern = {"type": "relativeMonthly", "interval": 2, "daysOfWeek": ["friday"], "index": "first"}
    often = {"pattern": pattern, "range": {"type": "endDate", "endDate": "2027-06-04"}}
    meeting = {
        "@odata.type": "#microsoft.graph.eventMessageRequest", "isAllDay": True, "startDateTime": first,
        "endDateTime": after, "recurrence": often,
    }  # fmt: skip
    box.put("Bring eggs.", subject="Protest", **meeting)
    (found,) = (mail_of(one, NOW) for one in bundle_of(ask(box).body.decode()).mails)
    assert [line for line in found.lines if line] == [
        "Bring eggs.", "4 December 2026 – 5 December 2026",
        "Every 2 months on the first Friday until 4 June 2027",
    ]  # fmt: skip


def test_an_alert_in_html_and_an_automatic_reply_are_known_by_what_graph_tells_of_them(box):
    where = "https://www.google.com/url?q=https://paper.example.org/gate"
    found = f'<h3><a href="{where}">Gate shut</a></h3><p>Parents say</p>'
    box.put(found, sender=("", "googlealerts-noreply@google.com"), html=True)
    box.put("I am away.", headers=[("Auto-Submitted", "auto-replied")])
    seen = read(box)
    assert [m.url for m in seen.mentions] == ["https://paper.example.org/gate"]
    assert [said for said in seen.run.warnings if said.startswith("Automatic replies")]
    assert ALERTS not in bundle_of(ask(box).body.decode()).mails[0].head


def test_what_a_parent_sends_on_from_outlook_is_told_apart_from_their_own_words(box):
    box.put(
        "<html><body><div>Have you seen this about the gate?</div><hr><div><b>From:</b> Town Board "
        "&lt;board@forum.example.org&gt;<br><b>Sent:</b> 16 November 2026 09:10<br><b>To:</b> Jo Parent "
        "&lt;jo@example.org&gt;<br><b>Subject:</b> New post: the gate</div><div>The gate at Oakfield was "
        'shut again, see <a href="https://forum.example.org/t/gate/9">the thread</a>.</div></body></html>',
        subject="FW: New post: the gate", html=True,
    )  # fmt: skip
    said = {m.kind.value: m.text for m in read(box).mentions}
    assert "seen this about the gate" in said["comment"]
    assert "was shut again" in said["post"]
    assert "jo@example.org" not in str(said)


def test_only_the_senders_that_are_named_are_read_and_the_others_are_counted(box):
    box.put()
    box.put(sender=("", "stranger@elsewhere.example"))
    named = Source("alerts", "mailbox", SOURCE.url, ("900001",), settings={"senders": ["example.org"]})
    found = read(box, source=named)
    assert posts(found) == [1]
    assert [said for said in found.run.warnings if said.startswith("Mails from others")]


# ------------------------------------------------------------------ limited to one mailbox
def test_a_mailbox_is_not_read_where_the_application_may_read_another(tenant):
    box = GraphBox(tenant, ALERTS, open_too=[HEAD])
    box.put()
    tenant.site.asked.clear()
    refused = ask(box)
    assert (refused.outcome, HEAD in refused.detail) == (Outcome.MISCONFIGURED, True)
    assert "not limited" in refused.detail
    assert len(box.asked) == 1


@for_each(
    ("other", "answer", "said"),
    [
        ("nobody@example.org", Answer(404, failed("ErrorInvalidUser"), JSON), "not the same as refusing"),
        ("filter@example.org", Answer(403, PAGE), "Something else answers"),
        ("broken@example.org", Answer(503, b""), "a fault of its own"),
        ("", None, "No other mailbox is known"),
        (ALERTS.upper(), None, "No other mailbox is known"),
    ],
)
def test_only_a_refusal_by_graph_itself_shows_that_another_mailbox_is_closed(box, other, answer, said):
    if answer:
        box.there.routes[f"/v1.0/users/{other}/mailFolders/inbox/messages"] = answer
    refused = ask(box, other=other)
    assert said in refused.detail
    assert not [path for path in box.asked if "delta" in path]


# ------------------------------------------------------------------ what goes wrong
def test_a_token_that_is_refused_is_asked_for_anew_once(box):
    box.put()
    box.there.good, given = {"token-new"}, Given()
    assert posts(read(box, given=given)) == [1]
    assert given.thrown == ["token-kept"]
    box.there.good = set()
    refused = ask(box)
    assert (refused.outcome, "does not take the token" in refused.detail) == (Outcome.MISCONFIGURED, True)


@for_each(
    ("answer", "outcome", "said"),
    [
        (Answer(403, failed("ErrorAccessDenied"), JSON), Outcome.MISCONFIGURED, "Application Mail.Read"),
        (Answer(404, failed("ErrorInvalidUser"), JSON), Outcome.MISCONFIGURED, "no mailbox alerts@"),
        (Answer(403, PAGE), Outcome.UNREACHABLE, "web filter"),
        (Answer(200, b"{"), Outcome.MALFORMED, "Something else answers"),
        (
            Answer(200, b'{"value": [], "@odata.deltaLink": "https://evil.example/"}', JSON),
            *(Outcome.MALFORMED, "Something else answers"),
        ),
    ],
)
def test_what_graph_refuses_is_said_with_what_to_do(box, answer, outcome, said):
    box.stop = answer
    refused = ask(box)
    assert (refused.outcome, said in refused.detail) == (outcome, True), refused.detail


def test_graph_is_left_alone_for_as_long_as_it_asks(box):
    box.stop = Answer(429, failed("TooManyRequests"), JSON | {"Retry-After": "600"})
    asking = fetcher(box)
    refused = asking.fetch(Request(SOURCE.url, auth="alerts"))
    assert (refused.outcome, refused.retry_after_s) == (Outcome.BLOCKED, 600)
    assert asked_too_often(refused.detail)
    box.stop, before = None, len(box.asked)
    assert asking.fetch(Request(SOURCE.url, auth="alerts")).outcome is Outcome.BLOCKED
    assert len(box.asked) == before
