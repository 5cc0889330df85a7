"""A matter is taken by a reply “mine” to its mail, by a mailbox that is really read; and what takes none."""

from dataclasses import replace
from email.message import EmailMessage

import pytest
from builders.fetcher import fetcher_for
from builders.home import do_in, rows_of
from builders.judges import OAKFIELD, judges
from builders.mention import NOW
from builders.page import DANGER, PEOPLE, URN, PageDesk
from support.imap_server import PASSWORD, USER, imap_server

from alerts.delivery.mail import compose_mail
from alerts.links import Links
from alerts.wording.instant import alert_messages, telling
from data.store import alerts as alert_store
from data.store.engine import audit_chain
from data.types import MailReply, Source, Via
from monitor.act import matter as give
from monitor.act.matter import take_matter
from monitor.config.home.context import message_means
from monitor.service.delivery import Delivered
from monitor.service.step import Service
from sources.mailbox.mail import MailAsFetched, MailWords, mail_of
from sources.mailbox.whose_words import reply_of

OURS = "us@oakfield.example.org"
JUDGES = judges(OAKFIELD)


class ReplyDesk(PageDesk):
    """A home whose pages no telephone reaches, with a mailbox that is read."""

    def __init__(self, home, server, **given):
        super().__init__(home, told=("head", "dsl"), **(given or DANGER))
        url = f"imaps://localhost:{server.port}/INBOX"
        source = Source("alerts", "mailbox", url, (URN,), surfaced=True, settings={"user": USER})
        config = replace(self.context.config, sources=(source,), base_url=None)
        mails = {p.id: p.email for p in PEOPLE if p.email}
        self.context = replace(
            self.context, config=config, links=Links(None, b"k" * 32, mails, replies={URN: USER})
        )
        self.service = Service(
            store=self.store, context=self.context, judges=lambda: JUDGES,
            fetcher=fetcher_for(tls=server.context, credentials={"alerts": (USER, PASSWORD)}.get),
            deliver_due=lambda *_: Delivered(), tasks={}, clock=self.clock,
        )  # fmt: skip
        self.server = server

    def person(self, who):
        return next(p for p in self.context.config.people if p.id == who)

    def mail_to(self, who):
        """The mail about it that somebody is sent, as it goes out."""
        config, school = self.context.config, self.context.config.schools[0]
        sent = alert_messages(
            telling(self.alert, config.people, school, message_means(self.context, URN), self.clock())
        )
        message = next(m for m in sent if m.person_id == who and m.via is Via.MAIL)
        return compose_mail(message, self.person(who), OURS, school.name, reply_to=USER)

    def reply(self, words="Mine", by="head", *, sender="", subject="", read=True, **head):
        """Somebody answers that mail as Outlook and Gmail do, and the mailbox is read."""
        to = self.mail_to(by)
        mail = EmailMessage()
        sender = sender or self.person(by).email
        mail["From"] = f"Somebody <{sender}>"
        mail["To"], mail["Subject"] = to["Reply-To"], subject or f"RE: {to['Subject']}"
        mail["Message-ID"], mail["Date"] = f"<{self.clock():%H%M%S}@example.org>", self.clock()
        verdict = f"mx.example.org; dmarc=pass header.from={sender.partition('@')[2]}"
        for name, value in {"Authentication_Results": verdict, **head}.items():
            mail[name.replace("_", "-")] = value
        body = to.get_body(("plain",)).get_content()
        mail.set_content(words + "\n\nOn Tuesday the school wrote:\n> " + body.replace("\n", "\n> "))
        self.server.put(mail.as_bytes())
        self.wait(seconds=1)
        if read:
            self.read_mailbox()

    def read_mailbox(self):
        self.wait(minutes=6)
        self.service.collect()

    def taken(self):
        return list(self.has().values())

    def answers(self):
        """Who was mailed what of it, by subject."""
        return self.read("SELECT person_id, subject FROM outbox WHERE kind = 'answer' ORDER BY ALL")

    def read(self, sql):
        return rows_of(self.store, sql)


@pytest.fixture
def desk(tmp_path):
    with imap_server() as server:
        found = ReplyDesk(tmp_path, server)
        found.read_mailbox()
        yield found


def test_mine_takes_it_and_the_taker_and_the_others_are_told(desk):
    """The mail says how, and no command. No reply is read as a post, and none of its words are kept."""
    said = desk.mail_to("head").get_body(("plain",)).get_content()
    assert "“mine”" in said
    assert "at the desk, on the computer that runs Schoolgate" in said
    assert "schoolgate alerts" not in said
    desk.reply("Mine.\nMy stepdad hits me.")
    assert desk.taken() == ["head"]
    assert desk.read("SELECT count(*) FROM mentions") == [(1,)]
    assert [(who, "is on it" in subject) for who, subject in desk.answers()] == [
        ("dsl", True),
        ("head", False),
    ]
    with desk.store.open_reader() as con:
        (took,) = [
            e.entry for e in audit_chain.links(con, [desk.alert.id]) if e.entry.action == "alert_acked"
        ]
    assert (took.actor, "taken_by:reply" in took.codes) == ("head", True)


@pytest.mark.parametrize(
    ("words", "head"),
    [
        ("Is this mine?", {}),
        ("Mine", {"sender": "stranger@example.net"}),
        ("Mine", {"Authentication_Results": "dkim=none", "X_MS_Exchange_Organization_AuthAs": "Internal"}),
    ],
    ids=["other words", "sender", "doubted"],
)
def test_what_takes_nothing_is_answered_to_the_person_of_the_mail_once(desk, words, head):
    for _ in range(2):
        desk.reply(words, **head)
        assert desk.taken() == []
    assert [who for who, _ in desk.answers()] == ["head"]


@pytest.mark.parametrize(
    ("words", "takes"),
    [("Mine", True), ("mine.\n\n> mine", True), ('"Yes."', True), ("Hello,\n\nMine", True),
     ("Hi, mine", True),
     ("Mine\nI will ring her mother.", True), ("Is this mine?", False), ("", False), ("> mine", False),
     ("Mine's a pint", False), ("mine?", False), ("Not mine", False), ("Mine is not this one", False),
     ("mine - no, wait, not mine", False), ("mine not", False), ("Yes, but not mine", False), ("yes?", False),
     ("Hi, not mine", False), ("Hi not mine", False), ("Hi,", False),
     ("mine hey not really", False), ("Yes good grief no", False), ("mine dear God no", False),
     ("Hello,\n\nNot mine", False), ("No.\nMine", False)],
)  # fmt: skip
def test_a_reply_takes_it_by_one_word_alone_in_its_first_line(words, takes):
    head = f"{HEAD}\nSubject: RE: [ref:aaaaaaaaaaaaaaaa]\n\n"
    mail = mail_of(MailAsFetched("graph://us@school.test", "", head, (MailWords(body=words),)), NOW)
    assert reply_of(mail, automatic=False).takes is takes


HEAD = "From: Jane Holt <head@school.test>"
ENCODED = "From: =?utf-8?q?head=40school=2Etest?= <attacker@evil.test>"
INTERNAL = "X-MS-Exchange-Organization-AuthAs: Internal"


@pytest.mark.parametrize(
    ("sender", "verdict", "more", "believed"),
    [
        (HEAD, "mx; spf=pass; dmarc=pass (p=none) header.from=school.test", "", True),
        (HEAD, "dkim=none header.d=none;dmarc=none header.from=school.test", INTERNAL, True),
        (ENCODED, "mx; dkim=pass header.d=evil.test; dmarc=pass header.from=evil.test", "", False),
        (f"From: a@evil.test\n{HEAD}", "mx; dmarc=pass", "", False),
        (f"{HEAD}\nFrom: a@evil.test", "mx; dmarc=pass", "", False),
        (f"{HEAD}, a@evil.test", "mx; dmarc=pass", "", False),
        (HEAD, "mx; dmarc=pass header.from=evil.test", "", False),
        (HEAD, "mx; dmarc=fail header.from=school.test", INTERNAL, False),
        (HEAD, "mx; dkim=fail; dmarc=fail", "", False),
        (HEAD, "mx; dkim=pass header.d=evil.test", "", False),
        (HEAD, "mx; spf=softfail; dmarc=none", INTERNAL, False),
        (HEAD, "mx; spf=pass smtp.mailfrom=dmarc=pass@evil.test", "", False),
        (HEAD, 'mx; spf=pass smtp.mailfrom="x; dmarc=pass"@evil.test', "", False),
        (HEAD, "mx; dkim=pass header.i=header.d=school.test@evil.test", "", False),
        (HEAD, "mx; spf=pass (of x; (dmarc); dmarc=pass) smtp.mailfrom=x@evil.test", "", False),
        (HEAD, "mx; spf=pass smtp.mailfrom==?utf-8?q?=3B_dmarc=3Dpass?=@evil.test", "", False),
        (HEAD, "mx; dkim=pass header.d=school.test header.i=@school.test", "", True),
        (HEAD, 'mx; dkim=pass (say "2048") header.i=@school.test', "", False),
        (
            HEAD,
            "mx; dkim=pass (2048 (rsa)) header.i=@school.test; dmarc=pass header.from=school.test",
            "",
            True,
        ),
        (HEAD, "mx; dkim=pass header.d=evil.test header.i=@school.test", "", False),
        (HEAD, "mx; dkim=pass header.i=@school.test header.d=evil.test", "", False),
        (HEAD, "mx; dmarc=pass", "", False),
        (HEAD, "mx; spf=none smtp.helo=x; dmarc=pass header.from=school.test", "", False),
        (HEAD, "mx; dmarc=pass header.from=school.test; spf=pass smtp.helo=mx.school.test", "", True),
        (HEAD, "mx; spf=none smtp.mailfrom=x; dmarc=pass header.from=school.test; dmarc=fail", "", False),
        (HEAD, "mx; spf=none (of x) dmarc) ; dmarc=pass header.from=school.test", "", False),
        (HEAD, f"mx; x={'y' * 2_000}; dmarc=pass header.from=school.test", "", False),
        (HEAD, f"mx; dmarc=pass header.from=school.test; x={'y' * 2_000}", "", False),
        (HEAD, "mx; spf=pass smtp.mailfrom=x; dkim=pass header.d=school.test; dmarc=fail", "", False),
        (HEAD, "mx; dkim=pass header.d=school.test; dmarc=none", "", True),
        (HEAD, "mx; dmarc=pass(p=none)header.from=school.test", "", True),
        (HEAD, 'mx; dm(")arc=pass header.from=school.test', "", False),
        (HEAD, "mx; dm(x)arc=pass header.from=school.test", "", False),
        (HEAD, "", "", False),
    ],
)
def test_a_reply_is_believed_where_the_server_vouches_for_its_one_sender(sender, verdict, more, believed):
    subject = "Subject: RE: [ref:aaaaaaaaaaaaaaaa]"
    head = f"{sender}\n{subject}\nAuthentication-Results: {verdict}\n{more}\n\n"
    mail = mail_of(MailAsFetched("graph://us@school.test", "", head, (MailWords(body="Mine"),)), NOW)
    reply = reply_of(mail, automatic=False)
    assert (reply.sender == "head@school.test" and not reply.doubtful) is believed


def test_without_a_verdict_whose_it_is_their_mailbox_is_asked_once_and_yes_to_that_takes_it(desk):
    for _ in range(2):
        desk.reply(Authentication_Results="")
        assert desk.taken() == []
    ((who, subject),) = desk.answers()
    assert who == "head"
    desk.reply("Not mine", subject=f"RE: {subject}", Authentication_Results="")
    desk.reply("Yes", by="dsl", subject=f"RE: {subject}")
    assert desk.taken() == []
    desk.reply("Yes", subject=f"RE: {subject}", Authentication_Results="")
    assert desk.taken() == ["head"]


def test_an_automatic_reply_or_a_forged_reference_takes_nothing_and_answers_nobody(desk):
    for head in (
        {"Auto_Submitted": "auto-replied"},
        {"Auto_Submitted": "auto-generated"},
        {"Precedence": "bulk"},
        {"subject": "RE: [ref:aaaaaaaaaaaaaaaa]"},
        {"subject": "RE: your mail"},
    ):
        desk.reply(**head, read=False)
    desk.read_mailbox()
    assert (desk.taken(), desk.answers()) == ([], [])


def test_it_is_good_once_also_where_the_mailbox_is_read_anew(desk):
    desk.reply()
    told = desk.answers()
    do_in(desk.store, alert_store.put_down, desk.alert.id, "head", desk.clock())
    desk.server.validity += 1
    desk.read_mailbox()
    assert (desk.taken(), desk.answers()) == ([], told)
    desk.reply()
    assert desk.taken() == []


def test_who_comes_second_is_told_who_has_it(desk):
    """Each by a sender whom the server vouches for."""
    desk.reply(by="dsl", Authentication_Results="mx.example.org; dkim=pass header.d=example.org")
    desk.reply(by="head")
    assert desk.taken() == ["dsl"]
    assert any(who == "head" and "it is not with you" in subject for who, subject in desk.answers())


def test_of_two_who_were_told_who_has_left_takes_nothing_and_their_colleague_takes_it(desk):
    to = desk.mail_to("head")["Subject"]
    people = tuple(p for p in PEOPLE if p.id != "head")
    desk.service.context = replace(desk.context, config=replace(desk.context.config, people=people))
    desk.reply(by="dsl", sender=desk.person("head").email, subject=f"RE: {to}")
    assert desk.taken() == []
    desk.reply(by="dsl")
    assert (desk.taken(), [who for who, _ in desk.answers()]) == (["dsl"], ["dsl"])


def test_a_reply_at_which_we_fail_stops_no_other_and_its_words_are_not_logged(desk, monkeypatch, caplog):
    context, (head, dsl) = desk.service.context, map(desk.person, ("head", "dsl"))
    refs = [(context.links.reply_ref(desk.alert.id, 1, p.id), p.email) for p in (head, dsl)]
    replies = [MailReply(*ref, takes=True, doubtful=False) for ref in refs]

    def fail(h, *given):
        if h.me == "head":
            raise KeyError("secret")
        return take_matter(h, *given)

    monkeypatch.setattr(give, "take_matter", fail)
    give.take_replies(desk.store, context, replies, desk.clock())
    assert (desk.taken(), "secret" in caplog.text) == (["dsl"], False)


def test_a_reply_to_a_mail_from_before_it_grew_takes_nothing(desk):
    subject = f"RE: {desk.mail_to('head')['Subject']}"
    again = replace(desk.alert, times=2, raised_at=desk.clock())
    do_in(desk.store, alert_store.put_alerts, [again], desk.clock())
    desk.reply(subject=subject)
    assert desk.taken() == []
    assert [who for who, _ in desk.answers()] == ["head"]
