"""Mails by which a form says that somebody has filled it in, and mails of no form."""

import re
import tomllib
from dataclasses import replace

import pytest
from builders.mailbox import mail, read
from hypothesis import given
from hypothesis import strategies as st
from support.checkout import FIXTURES
from support.for_each import for_each

from data.types import MentionKind
from sources.mailbox.mail import MailWords

TABLE = tomllib.loads((FIXTURES / "mailbox" / "forms.toml").read_text(encoding="utf-8"))
AT = "graph://alerts@oakfield.example.sch.uk"


def sent(shape, **changes):
    return mail(shape["mail"].strip("\n"), html=shape.get("html", False), **shape["head"], **changes)


def found_in(shape):
    return read(sent(shape), at=AT).mentions


@for_each("shape", TABLE["forms"])
def test_a_form_that_somebody_filled_in_is_one_report_of_a_person_with_the_answers_alone(shape):
    (found,) = found_in(shape)
    assert (found.title, found.text) == (shape["title"], shape["text"].strip())
    assert (found.sent_on, found.kind, found.author, found.url) == (True, MentionKind.POST, None, "")


def test_a_title_that_is_a_programs_stays_where_it_names_the_school_or_speaks_of_danger():
    shape = next(one for one in TABLE["forms"] if one["head"]["Subject"] == "New Entry: Worry box")
    for subject, title in (
        ("New Entry: Worry box", ""),
        ("New Entry: Worry box of Oakfield", "New Entry: Worry box of Oakfield"),
        ("New Entry: he has a knife", "New Entry: he has a knife"),
    ):
        (found,) = found_in(shape | {"head": shape["head"] | {"Subject": subject}})
        assert found.title == title


@for_each("shape", TABLE["silent"])
def test_a_notice_without_the_answers_is_for_a_person_to_look_at(shape):
    (found,) = found_in(shape)
    subject = shape["head"]["Subject"]
    assert found.title == f"{subject} (a form was filled in: read its answers where the form keeps them)"
    assert (found.text, found.sent_on) == (subject, True)


@for_each("shape", TABLE["others"])
def test_a_mail_that_merely_holds_labels_is_read_as_before(shape):
    found = found_in(shape)
    assert [(m.title, m.kind, m.sent_on) for m in found] == [
        (one["title"], MentionKind(one["kind"]), one["sent_on"]) for one in shape["finds"]
    ]
    assert all(said in found[0].text for said in shape["finds"][0]["says"])


def test_files_of_a_form_are_marked_as_those_of_any_mail():
    (found,) = read(sent(TABLE["forms"][0], enclosed=("image/png",)), at=AT).mentions
    assert (found.enclosed, bool(found.mail)) == (("image/png",), True)


def test_of_two_alternatives_the_one_with_labels_is_read_unless_the_other_has_a_danger_more():
    shape = next(one for one in TABLE["forms"] if one["shape"] == "Jotform")
    made = sent(shape)
    alike, more = re.sub("<[^>]+>", " ", shape["mail"]), "He has a knife, and waits by the bridge."
    for plain, said in ((alike, False), (f"{alike}\n{more}", True)):
        parts = (MailWords(body=plain, branches=("1.1",)), replace(made.parts[0], branches=("1.2",)))
        (found,) = read(replace(made, parts=parts), at=AT).mentions
        assert found.text.startswith("A grown-up online wants")
        assert (more in found.text) is said


FRAMES = {
    "a website's": (
        "From: Jo Alder jo@parents.example.org\nSubject: x\n\nMessage Body:\n{}\n\n-- \n"
        "This is a notification that a contact form was submitted on your website (https://oakfield.test).",
        {"From": "wordpress@oakfield.test", "Subject": "Contact"},
    ),
    "between rules": (
        "--- Name ---\n\nJo Alder\n\n--- Your worry ---\n\n{}\n\n--- Class ---\n\n5B\n\nSent from Oakfield",
        {"From": "wordpress@oakfield.test", "Subject": "New Entry: Worry box"},
    ),
    "beside labels": (
        "Name: Jo Alder\nMessage: {}\nPage URL: https://oakfield.test/w\nRemote IP: 192.0.2.4",
        {"From": "website@oakfield.example.sch.uk", "Subject": "Contact form"},
    ),
    "below questions": (
        "Your name: Jo Alder\nWhat is your worry?\n{}\nRemote IP: 192.0.2.4\nPowered by: Elementor",
        {"From": "website@schoolsites.example.org", "Subject": "Worry box"},
    ),
    "in cells": (
        "<table><tr><td>Name</td><td>Jo Alder</td></tr><tr><td>Worry</td><td>{}</td></tr></table>Jotform",
        {"From": "noreply@jotform.com", "Subject": "New submission"},
    ),
    "below what is bold": (
        "<p><b>Your name</b><br>Jo Alder</p><p><b>What is it?</b><br>{}</p><p>Log in to Typeform</p>",
        {"From": "x@followup.typeform.com", "Subject": "New response for Talk"},
    ),
}
LINES = [
    "He said: I will wait for you", "Why does nobody help?", "From: Dan Poole", "Name: Danny",
    "To: me", "They call me: rat", "View the report", "See the messages", "Edit", "Hi", "Thank you",
    "*please*", "--- help ---", "Report: he did it again", "Message: come to the park", "Terms of service",
    "You can see the bruises", "He has a new response for everything", "This message was sent to my son", "",
]  # fmt: skip


@pytest.mark.parametrize("frame", FRAMES)
@given(lines=st.lists(st.sampled_from(LINES), max_size=4))
def test_no_line_that_somebody_wrote_into_a_form_is_lost(frame, lines):
    words, head = FRAMES[frame]
    html = words.startswith("<")
    wrote = ["It began on Monday.", *lines, "I am afraid of him now."]
    found = read(
        mail(words.format(("<br>" if html else "\n").join(wrote)), html=html, **head), at=AT
    ).mentions
    kept = {word for m in found for word in m.text.replace(":", " ").replace("*", " ").split()}
    assert {word.strip(":*") for line in wrote for word in line.split()} - {"---"} <= kept
    assert not kept & {"192.0.2.4", "Jo", "Alder"}
