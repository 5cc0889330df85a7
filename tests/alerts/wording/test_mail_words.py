"""Plain words for any verdict, what every HTML mail shares, and addresses that only we can have made."""

import hmac
import re
from base64 import b32decode
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from importlib.resources import files

import jinja2
import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from hypothesis import given
from hypothesis import strategies as st

from alerts.layout import page
from alerts.layout.note import Note
from alerts.links import Links, Ticket
from alerts.wording.matters import channel_name, describe, kind_of, next_of, what_next
from data import types
from data.ids import digest
from data.types import ABUSE_LABELS, About, PressEvent, Reason, Relevance, Route, Sentiment, Severity, Verdict
from data.web.channels import CHANNELS
from data.words.say import words

EN = words("en")
verdicts = st.builds(
    Verdict,
    mention_id=st.just("0123456789abcdef"),
    version=st.just(1),
    urn=st.just("900001"),
    relevance=st.sampled_from(Relevance),
    sentiment=st.sampled_from(Sentiment),
    abuse=st.lists(st.sampled_from(ABUSE_LABELS), unique=True).map(tuple),
    about=st.sampled_from(About),
    severity=st.sampled_from(Severity),
    route=st.sampled_from(Route),
    look=st.booleans(),
    content_class=st.just("C11"),
    subject_person=st.sampled_from([None, "head"]),
    event=st.sampled_from([None, *PressEvent]),
)
THREAT = Verdict(
    "0123456789abcdef", 1, "900001", Relevance.ABOUT, Sentiment.NEGATIVE, ("threat",), About.SCHOOL,
    Severity.THIS_HOUR, Route.POLICE_NOW,
)  # fmt: skip
PRESS = replace(THREAT, abuse=(), route=Route.RESPOND, severity=Severity.TODAY, event=PressEvent.INSPECTION)
TONES = {EN(f"describe.sentiment.{tone.value}") for tone in Sentiment}
CLEARED = replace(PRESS, event=PressEvent.STAFF, severity=Severity.NOTE, route=Route.NOTE)
SHEETS = files("alerts.layout").joinpath("templates")
CHILD = """{% extends "alerts.layout/layout.html" %}
{% from "alerts.layout/parts.html" import button, danger %}
{% block content %}<h1 class="title">{{ title }}</h1>
{% call danger("Now") %}<p class="said">{{ said }}</p>{{ button(url, "Open", "grave") }}{% endcall %}
{{ button(url, "Other", "quiet") }}{% endblock %}"""
NOW = datetime(2026, 11, 20, 10, 2, tzinfo=UTC)
LINKS = Links("https://schoolgate.example.org/", b"s" * 32)
STORY = digest("a story")[:16]


@given(verdicts)
def test_every_verdict_has_words_and_no_code_among_them(verdict):
    said = describe(verdict, EN)
    for part in ("_", "{", "C11"):
        assert part not in said
    assert len(said.splitlines()) == 1


def test_a_person_is_not_called_the_school_news_passed_on_is_said_and_it_begins_with_a_capital():
    assert describe(THREAT, EN) == "A threat is made against the school."
    aimed = types.Meant("person:b", 1.0, "signal:violence", types.Harm.VIOLENCE)
    for someone in (replace(THREAT, subject_person="b"), replace(THREAT, endangers=(aimed,))):
        assert describe(someone, EN) == "A threat is made against somebody at the school."
    news = replace(THREAT, abuse=(), severity=Severity.TODAY, route=Route.RESPOND)
    assert describe(replace(news, reasons=(Reason("passes_on_news", ""),)), EN) != describe(news, EN)
    insult = replace(THREAT, abuse=("harassment",), about=About.STAFF, route=Route.PLATFORM_REPORT)
    assert describe(insult, EN) == "A member of staff is insulted or targeted."


@given(verdicts.map(lambda v: replace(v, route=Route.SAFEGUARDING)))
def test_of_a_safeguarding_matter_only_that_there_is_one(verdict):
    assert describe(verdict, EN) == EN("describe.safeguarding")


def test_every_channel_and_route_has_a_name_or_its_own():
    assert not [c for c in CHANNELS if not EN.has(f"describe.channel.{c}")]
    assert all(what_next(route, EN) for route in Route)
    assert channel_name("village_noticeboard", EN) == "village_noticeboard"


def test_what_an_article_tells_of_is_said_and_an_acquittal_as_one():
    assert describe(PRESS, EN) == "The press reports on an inspection."
    assert "press: an inspection" in kind_of(PRESS, EN)
    over = replace(CLEARED, reasons=(Reason("press_over", "It is over."),))
    assert "cleared" in describe(over, EN)
    assert "cleared" not in describe(CLEARED, EN)
    assert "charge" in describe(CLEARED, EN)


def test_what_cannot_wait_or_be_placed_is_said_to_be_for_people():
    talked_of = replace(PRESS, event=None)
    assert next_of(talked_of, EN) == "decide what to say, and who says it"
    unplaced = replace(PRESS, event=None, reasons=(Reason("a_person_decides", "A person decides."),))
    assert describe(unplaced, EN) == "Something that may be serious: we cannot tell what it is."
    assert next_of(unplaced, EN) == "read it yourself, and say what it is"


@given(verdicts)
def test_what_nobody_judged_or_is_worse_is_described_without_a_tone(verdict):
    welsh = replace(verdict, reasons=(Reason("language_cy", "It is in Welsh."),), relevance=Relevance.ABOUT)
    assert not TONES & {*kind_of(welsh, EN).split(" · ")}
    toned = TONES & {*kind_of(replace(welsh, reasons=()), EN).split(" · ")}
    assert bool(toned) == (not verdict.abuse)  # what is worse is not called criticism


@given(st.sampled_from(PressEvent))
def test_every_event_has_words_for_its_end(event):
    over = replace(CLEARED, event=event, reasons=(Reason("press_over", "It is over."),))
    assert describe(over, EN) != describe(replace(over, reasons=()), EN)


def test_the_press_is_spoken_to_by_whoever_speaks_for_the_school_and_parents_are_told():
    adverse = replace(PRESS, event=PressEvent.INSPECTION)
    assert next_of(adverse, EN) == "agree who speaks to the press and what parents are told"
    charged = next_of(replace(PRESS, event=PressEvent.STAFF), EN)
    assert charged.startswith("agree who speaks to the press and what parents are told")
    assert "LADO" in charged
    assert "trust" in charged
    assert next_of(CLEARED, EN) == "nothing to do"


# --------------- what every HTML mail shares: its colours, its buttons, and that nothing is fetched


@pytest.fixture(scope="module")
def mail():
    environment = page._environment().overlay(loader=jinja2.ChoiceLoader(
        [jinja2.DictLoader({"child": CHILD}), jinja2.FunctionLoader(page._read)]
    ))  # fmt: skip
    given = {"css": page._read("alerts.layout/base.css"), "dark": page._read("alerts.layout/dark.css")}
    return page._inliner().inline(
        environment.get_template("child").render(
            language="en", title="A <b>", said="<script>x", url="https://school.example.org/m/1", **given
        )
    )


def luminance(colour):
    """WCAG 2.2's relative luminance of #rrggbb."""
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return sum(weight * p for weight, p in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one, other):
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def rules(name):
    """The declarations of each class of a sheet, those of dark mode after those it replaces."""
    css = SHEETS.joinpath(name).read_text(encoding="utf-8")
    found = {}
    for names, body in re.findall(r"^((?:\.\w+(?:, )?)+) \{([^}]*)\}", css, re.MULTILINE):
        for one in names.split(", "):
            found.setdefault(one, {}).update(re.findall(r"([\w-]+): (#\w{6})", body))
    return found


def colours(dark):
    found = rules("base.css")
    for name, changed in (rules("dark.css") if dark else {}).items():
        found[name] = {**found[name], **changed}
    return found


def test_every_colour_stands_out_by_wcag_aa_and_what_is_dangerous_without_its_colour():
    for dark in [False, True]:
        found = colours(dark)
        page_, block = found[".page"]["background-color"], found[".danger"]["background-color"]
        pairs = [
            (rule["color"], rule.get("background-color", page_)) for rule in found.values() if "color" in rule
        ]
        pairs += [(found[name]["color"], block) for name in (".alarm", ".ring", ".page", ".meta", ".link")]
        pairs += [
            (found[".grave"].get("color", found[".button"]["color"]), found[".grave"]["background-color"])
        ]
        assert len(pairs) >= 15
        assert [p for p in pairs if contrast(*p) < 4.5] == []
    for dark in [False, True]:
        rule = colours(dark)[".danger"]
        ground = rule["background-color"]
        assert contrast(rule["border-left-color"], ground) >= 3


def test_a_button_is_a_link_that_outlook_shows_in_a_cell(mail):
    buttons = re.findall(r'<a class="button[^>]*>', mail)
    assert len(buttons) == 2
    for one in buttons:
        assert "min-height: 44px" in one
        assert 'href="https://school.example.org/m/1"' in one
    # Word, which draws it there, gives a link no padding.
    cell = r'<td bgcolor="(#\w{6})"[^>]*mso-padding-alt: 11px 22px;">'
    before = rf'<!--\[if mso\]><table role="presentation"[^>]*><tr>{cell}<!\[endif\]-->'
    cells = re.findall(rf'{before}\s*<a class="button', mail)
    assert cells == ["#b3261e", "#ffffff"]
    assert mail.count("<!--[if mso]></td></tr></table><![endif]-->") == len(cells) + 1  # and the column's


@pytest.mark.parametrize("danger", ["", "If anyone may be in danger, ring 999 first."])
def test_a_mail_has_one_main_landmark_and_one_heading_of_the_first_level(danger):
    page_ = Note("en", "A subject", "What it is.", "Dear Ms A,", danger=danger, small=("End.",)).html
    assert (page_.count("<main>"), page_.count("</main>")) == (1, 1)
    (heading,) = re.findall(r"<h1[^>]*>([^<]*)</h1>", page_)
    assert heading == (danger or "What it is.")


def test_what_is_filled_in_is_escaped_and_what_was_not_given_is_a_fault(mail):
    assert '<html lang="en"' in mail
    assert "<script" not in mail
    assert "<b>" not in mail
    assert not re.search(r"<(img|link|iframe|form)\b|url\(|@import", mail)
    assert "prefers-color-scheme: dark" in mail
    with pytest.raises(jinja2.UndefinedError):
        page.html("alerts.digest/digest.html", language="en", title="x")


# ------------------------------ addresses that only we can have made, and that tell nobody anything


def token_of(story=STORY, person="b-patel", at=NOW, links=LINKS):
    return links.page(story, person, at).rpartition("/")[2]


TOKEN = token_of()


def test_an_address_is_one_persons_short_and_tells_nothing_to_whoever_reads_it():
    assert LINKS.page(STORY, "b-patel", NOW) == f"https://schoolgate.example.org/m/{TOKEN}"
    assert LINKS.ticket(TOKEN) == Ticket(STORY, LINKS.holder("b-patel"), NOW)
    assert len(TOKEN) == 52
    assert TOKEN.isalnum()
    assert TOKEN.lower() == TOKEN
    whole = b32decode(TOKEN.upper() + "=" * (-len(TOKEN) % 8))
    assert bytes.fromhex(STORY) not in whole
    assert LINKS.holder("b-patel") not in whole
    later = b32decode(token_of(at=NOW + timedelta(minutes=1)).upper() + "=" * (-len(TOKEN) % 8))
    assert not any(a == b for a, b in zip(whole[:6], later[:6], strict=True))
    assert token_of(person="a-pike") != TOKEN
    assert LINKS.holder("a-pike") != LINKS.holder("b-patel")


@given(st.text(min_size=1, max_size=40), st.text(min_size=1, max_size=40), st.integers(0, 10_000_000))
def test_whatever_ids_are_called_the_address_says_them_to_us(story, person, minutes):
    at = NOW + timedelta(minutes=minutes)
    assert LINKS.ticket(token_of(story, person, at)) == Ticket(story, LINKS.holder(person), at)


def test_an_address_is_its_persons_by_their_mail_too_in_letters_of_any_size():
    then, now, large = (
        replace(LINKS, mails={"b-patel": mail}).holder("b-patel")
        for mail in ("b.patel@example.org", "newcomer@example.org", "B.Patel@Example.Org")
    )
    assert (then == large, then == now, then == LINKS.holder("b-patel")) == (True, False, False)


def test_without_base_url_or_secret_there_is_no_address_and_the_secret_is_never_shown():
    assert Links().page(STORY, "b-patel", NOW) is None
    unset = Links("https://schoolgate.example.org")
    assert unset.ticket(token_of(links=unset)) is None
    assert Links(LINKS.base_url, b"t" * 32).ticket(TOKEN) is None
    assert "sss" not in repr(LINKS)
    whole = b32decode(TOKEN.upper() + "=" * (-len(TOKEN) % 8))
    cipher = AESSIV(hmac.digest(b"s" * 32, b"page\0AES-SIV", "sha512"))
    assert bytes.fromhex(STORY) in cipher.decrypt(whole, None)


@given(st.integers(0, len(TOKEN) - 1), st.characters(codec="utf-8"))
def test_an_address_with_any_letter_changed_is_not_ours(place, letter):
    changed = TOKEN[:place] + letter + TOKEN[place + 1 :]
    assert (LINKS.ticket(changed) is not None) == (changed == TOKEN)


@given(st.text(max_size=100) | st.text(alphabet="abcdefghijklmnopqrstuvwxyz234567", max_size=100))
def test_whatever_else_is_asked_for_is_not_ours(token):
    assert LINKS.ticket(token) is None


@pytest.mark.parametrize(("after", "counts"), [
    (0, False), (1, True), (3600, True), (3601, False), (-5, False),
], ids=["at_once", "a_second", "an_hour", "longer", "from_the_future"])  # fmt: skip
def test_a_form_counts_from_a_second_to_an_hour(after, counts):
    proof = LINKS.proof(TOKEN, NOW)
    assert LINKS.proved(TOKEN, proof, NOW + timedelta(seconds=after)) is counts


@given(st.text(max_size=80))
def test_a_form_is_for_one_address_and_no_other_text_is_a_proof(proof):
    assert not LINKS.proved(TOKEN, proof, NOW)
    assert not LINKS.proved("another", LINKS.proof(TOKEN, NOW), NOW + timedelta(seconds=5))
