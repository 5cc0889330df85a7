"""An answer that another writes down for whom a post is aimed at: shown so, and told to that person."""

from __future__ import annotations

import pytest
from builders.case_desk import Desk, a_desk

from data.types import About, Route, Severity

AS_HEAD = ("--as", "holt")


def asked_for_consent(desk: Desk) -> None:
    story = desk.story(
        "threat", severity=Severity.THIS_HOUR, route=Route.POLICE_NOW, about=About.STAFF, content_class="C6"
    )
    desk("open", story, *AS_HEAD)
    desk("step", "target", "1", "--person", "vale", *AS_HEAD)
    desk("consent", "ask", "1", "--how", "in-person", *AS_HEAD)


@pytest.fixture
def desk(tmp_path):
    return a_desk(tmp_path, asked_for_consent)


def without_mail(desk: Desk) -> None:
    path = desk.home / "schoolgate.toml"
    path.write_text(path.read_text(encoding="utf-8").replace('email = "vale@example.org"\n', ""), "utf-8")


def mails(desk: Desk) -> list[tuple[str, str]]:
    """What they are written to of what was recorded: that it is aimed at them they were told before."""
    sql = "SELECT subject, body FROM outbox WHERE person_id = 'vale' AND subject NOT LIKE 'Words about you%'"
    with desk.store.read() as con:
        return con.execute(sql).fetchall()


def mail_goes_out(desk: Desk) -> None:
    with desk.store.write("test") as con:
        con.execute("UPDATE outbox SET sent_at = written_at WHERE person_id = 'vale'")


def police(desk: Desk):
    return desk("step", "ask", "1", "--rung", "police", "--not-imminent", *AS_HEAD)


def known(desk: Desk, name: str):
    return desk("show", "1", *AS_HEAD, "--json").data[name]


def ready(desk: Desk) -> None:
    """All that the police want besides consent."""
    desk("classify", "1", "C6", *AS_HEAD, "--why", "It names where she waits for the bus")
    shot = desk.home / "shot.txt"
    shot.write_text("what was seen", encoding="utf-8")
    desk("capture", "1", "--file", str(shot), "--no-child-image", "--not-known", "rest", *AS_HEAD)
    four = (f"--{name}={name} of it" for name in ("nature", "visible", "spread", "impact"))
    desk("step", "weigh", "1", *four, *AS_HEAD)
    desk("step", "decide", "1", "--seek", *AS_HEAD, "--why", "It is a threat")


def test_the_head_records_it_the_teacher_is_written_to_and_the_file_says_both(desk):
    ran = desk("consent", "give", "1", *AS_HEAD)
    assert "told, without a word of the post: Sam Vale" in ran.out
    ((subject, body),) = mails(desk)
    assert "recorded for you" in subject
    assert "Jane Holt recorded that you agree to the police being told" in " ".join(body.split())
    shown = desk("show", "1", *AS_HEAD).out
    assert "given (recorded by Jane Holt; a mail that says so has not gone out yet)" in " ".join(
        shown.split()
    )
    assert (known(desk, "consent_by"), known(desk, "consent_told")) == ("holt", "waiting")
    mail_goes_out(desk)
    shown = desk("show", "1", *AS_HEAD).out
    assert "given (recorded by Jane Holt; they were told by mail)" in shown
    assert known(desk, "consent_told") == "mail"
    assert "given (recorded by Jane Holt)" in " ".join(desk("list", "--as", "vale").out.split())


def test_their_own_word_is_shown_as_theirs_and_nobody_writes_to_them(desk):
    desk("consent", "give", "1", "--as", "vale")
    assert mails(desk) == []
    assert "consent to tell the police: given (recorded by Sam Vale)" in desk("show", "1", *AS_HEAD).out
    assert "recorded by" not in desk("list", "--as", "vale").out


def test_without_an_address_the_police_wait_for_the_letter_that_is_handed_over(desk, tmp_path):
    ready(desk)
    without_mail(desk)
    ran = desk("consent", "give", "1", *AS_HEAD)
    letter = "case letter 0001 recorded_for_you --out letters --as holt"
    assert letter in ran.out
    assert mails(desk) == []
    assert "they are to be handed a letter" in " ".join(desk("show", "1", *AS_HEAD).out.split())
    refused = police(desk)
    assert (refused.code, "“consent_told”" in refused.err, letter in refused.err) == (1, True, True)
    made = desk("letter", "1", "recorded_for_you", "--out", str(tmp_path / "letters"), *AS_HEAD)
    assert made.code == 0, made.err
    text = next((tmp_path / "letters").glob("*.txt")).read_text(encoding="utf-8")
    assert "Jane Holt recorded that you agree" in " ".join(text.split())
    assert "a letter was made to be handed to them" in " ".join(desk("show", "1", *AS_HEAD).out.split())
    assert police(desk).code == 0


def test_a_mail_that_was_refused_has_told_nobody(desk):
    ready(desk)
    desk("consent", "give", "1", *AS_HEAD)
    with desk.store.write("test") as con:
        con.execute("UPDATE outbox SET failed_at = written_at WHERE person_id = 'vale'")
    assert known(desk, "consent_told") == "owed"
    assert "“consent_told”" in police(desk).err
    desk("letter", "1", "recorded_for_you", *AS_HEAD)
    assert known(desk, "consent_told") == "letter"
    assert police(desk).code == 0


def test_a_mail_that_has_not_gone_out_has_told_nobody_yet(desk):
    ready(desk)
    desk("consent", "give", "1", *AS_HEAD)
    assert "“consent_told”" in police(desk).err
    offered = desk("letter", "1", "--list", *AS_HEAD).out
    assert "no e-mail has reached them" in " ".join(offered.split())
    mail_goes_out(desk)
    assert police(desk).code == 0


def test_the_letter_is_not_offered_where_nobody_else_recorded_anything(desk):
    desk("consent", "give", "1", "--as", "vale")
    refused = desk("letter", "1", "recorded_for_you", *AS_HEAD)
    assert (refused.code, "Nobody else has recorded anything" in refused.err) == (1, True)


def test_support_recorded_by_another_is_told_and_shown_in_the_same_way(desk):
    without_mail(desk)
    ran = desk("support", "accepted", "1", *AS_HEAD)
    assert "recorded_for_you" in ran.out
    assert (known(desk, "support_by"), known(desk, "support_told")) == ("holt", "owed")
    letter = desk("letter", "1", "recorded_for_you", *AS_HEAD).out
    assert "Jane Holt recorded that you took up the support" in " ".join(letter.split())
    assert known(desk, "support_told") == "letter"
