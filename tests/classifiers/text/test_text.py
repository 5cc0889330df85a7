"""What the model reads: context on one line, words on the next, both normalised."""

from dataclasses import replace

from builders.letters import CAPITALS, WAYS
from builders.mention import a_match, a_mention, a_verdict
from hypothesis import given
from hypothesis import strategies as st
from support.for_each import for_each
from support.processor import within

from classifiers.text.model_text import (
    CONTEXT_END,
    LIKELY,
    MAX_TITLE_CHARS,
    MOST,
    mention_text,
    model_text,
    normalise,
    with_weightiest,
)
from classifiers.text.words import undisguise
from classifiers.verdicts.by_people import Corrected, apply_corrections
from data.judged import part_at
from data.types import MentionKind, Relevance, Severity


@for_each(
    ("raw", "plain"),
    [
        ("it\\u2019s shut", "it’s shut"), ("well \\ud83d\\ude00 done", "well grinning face done"),
        ("Tom &amp; Ann &lt;3", "Tom & Ann <3"), ("one<br/>two <b>three</b>", "one two three"),
        ("one &#" + "9" * 5_000 + "; two", "one two"),
        ("see https://example.org/a?b=c now", "see http now"),
        ("thanks @AshgroveHead and a@example.org", "thanks @user and a@example.org"),
        ("great 👏🏽 day", "great clapping hands sign day"), ("love ❤️ it", "love heavy black heart it"),
        ("in\u200bvis\u00adible", "invisible"), ("ｆｕｌｌ　width", "full width"),
        ("soooooo good!!!!!!", "sooo good!!!"), ("call 0000000", "call 0000000"), ("  a \n\t b  ", "a b"),
    ],
)  # fmt: skip
def test_normalise_undoes_what_the_vocabulary_cannot_read(raw: str, plain: str) -> None:
    assert normalise(raw) == plain


def test_context_tells_family_stars_title_and_what_is_answered_and_says_nothing_twice() -> None:
    text = model_text("google_review", "Ashgrove Primary", "Kind staff.", 5)
    assert text == "review | 5 of 5 stars | Ashgrove Primary\nKind staff."
    assert model_text("somewhere_new", "", "Kind staff.", None) == "post\nKind staff."
    assert model_text("x", "Kind staff", "Kind staff at Ashgrove.", None) == "social\nKind staff at Ashgrove."
    text = model_text("x", "", "Same here.", None, quoted="He grabbed my son in the corridor.")
    assert text == "social | re: He grabbed my son in the corridor.\nSame here."
    assert model_text("google_news", "Fire at Ashgrove Primary", "", None) == "news\nFire at Ashgrove Primary"
    assert model_text("x", "@anon_881", "Hm.", None) == "social | @anon_881\nHm."


def test_a_reply_is_read_with_what_it_answers_and_a_post_without_what_it_repeats() -> None:
    reply = a_mention(kind=MentionKind.REPLY, text="Same here.", quoted="He grabbed my son in the corridor.")
    assert "re: He grabbed my son in the corridor." in mention_text(reply)
    assert "grabbed" not in mention_text(replace(reply, kind=MentionKind.POST))


@given(st.text())
def test_normalising_leaves_one_line(raw: str) -> None:
    assert normalise(raw) == " ".join(normalise(raw).split())


@given(st.text(), st.text(), st.text(), st.none() | st.floats(1, 5))
def test_a_model_text_is_one_line_of_context_and_one_of_words(channel, title, text, rating):
    made = model_text(channel, title, text, rating)
    assert made.count(CONTEXT_END) == 1
    assert len(made.partition(CONTEXT_END)[0]) <= MAX_TITLE_CHARS + 40


# ----------------------------------------------------------------------------- disguised words
@for_each(
    ("written", "meant"),
    [
        ("k1ll", "kill"), ("f.u.c.k", "fuck"), ("k i l l", "kill"), ("p*do", "pedo"), ("sh00t", "shoot"),
        ("m0nd4y", "monday"), ("kys", "kill yourself"), ("unalive", "kill"), ("Wеst", "west"),
        ("KILL", "kill"), ("k\u200bi\u00adll", "kill"), ("kíl\u0323l", "kill"), ("ki\u3164ll", "kill"),
        ("kıll", "kill"), ("K I L L  Y O U R S E L F", "kill yourself"),
        ("K I L L Y O U R S E L F", "kill yourself"), ("´kill´ “him”", "'kill' \"him\""),
        ("kill\t  him", "kill him"), ("s|t|a|b him", "stab him"), ("i will s🌸tab him", "i will stab him"),
        ("i\u200bwill\u200bkill\u200bhim\u200bat\u200bten", "i will kill him at ten"),
        ("s,t,a,b him", "stab him"), ("s~t~a~b him", "stab him"), ("a b o m b in here", "a bomb in here"),
        ("ᴋɪʟʟ ʜɪᴍ", "kill him"), ("ŧhɛ bomb", "the bomb"), ("τoηιghτ", "tonight"),
        ("i'll-kill-him-at-the-gates", "i'll kill him at the gates"),
        ("i'll_kill_him_at_the_gates", "i'll kill him at the gates"),
        ("#i #will #kill #him", "i will kill him"), ("i 🌸 will 🌸 kill 🌸 him", "i will kill him"),
        ("i👏will👏kill👏him", "i will kill him"),
    ],
)  # fmt: skip
def test_a_disguised_word_is_read_as_meant(written: str, meant: str) -> None:
    assert undisguise(written).text == meant


@for_each(
    "plain",
    [
        "#oakfield", "#drunk #trash #trashed #wasted", "lovely 🌸 day", "kill 🔪 him",
        "a well-run up-to-date school", "goodbye", "aaa",
        "www.oakfield-school-news-and-events-page.example.org", "y9", "7b", "3.20pm", "£50", "ks2", "1st",
        "10am", "m62", "@oakfield1", "2026", "u14s",
    ],
)  # fmt: skip
def test_class_names_times_and_prices_stay(plain: str) -> None:
    assert undisguise(plain).text == plain


def test_emoji_and_lines_stay_and_what_was_hidden_is_named() -> None:
    assert undisguise("❄️ one\ntwo 🔪").text == "❄ one\ntwo 🔪"
    assert undisguise("i will k1ll u").disguised == ("kill",)


@for_each("piece", ["f*", "k1", "k i ", "a.b", "í", "\u200b", "!", "*"])
def test_a_long_text_of_disguise_is_read_quickly(piece: str) -> None:
    with within(0.2):
        undisguise(piece * (50_000 // len(piece)))


@given(st.text(max_size=200))
def test_any_text_can_be_read(text: str) -> None:
    assert isinstance(undisguise(text).text, str)


@given(st.from_regex(r"[a-z]{2,9}( [a-z]{2,9}){0,8}", fullmatch=True))
def test_plain_words_are_left_alone_but_for_slang(text: str) -> None:
    slang = ("unalive", "unalived", "unaliving", "kys", "sewerslide", "suislide", "seggs", "secks")
    if not set(text.split()) & set(slang):
        assert undisguise(text).text == text


# -------------------------------------------------------- the part of a post that weighed most


DULL = "The gate was locked again."
GRAVE = {"bomb": Severity.THIS_HOUR, "knife": Severity.TODAY}


def judged(mention):
    """As grave as its gravest word, more likely so by each; ours where it names the school or the bomb."""
    said = f"{mention.title} {mention.text}".lower()
    severity = max((s for word, s in GRAVE.items() if word in said), default=Severity.NOTE)
    look = severity < Severity.TODAY and "perhaps" in said
    likely = 0.2 * sum(word in said for word in ("bomb", "knife", "perhaps", "soon"))
    verdict = a_verdict(mention, severity=severity, look=look, look_rank=LIKELY if look else 0.0)
    about = Relevance.ABOUT if "oakfield" in said else Relevance.NOT_ABOUT
    return replace(verdict, relevance=about, scores=(("weighed:severe", likely),))


def weighed(text, title="", most_asked=MOST):
    mention, asked = a_mention(title=title, text=text), []

    def judge(some):
        asked.append(len(some))
        return [judged(m) for m, matches in some for _ in matches]

    (verdict,) = with_weightiest([(mention, (a_match(),))], [judged(mention)], judge)
    assert max(asked, default=0) <= most_asked
    return part_at(verdict.weighed_most, title, text)


@for_each(
    ("text", "found"),
    [
        (f"{DULL} He has a knife at Oakfield. {DULL}", "He has a knife at Oakfield."),
        (f"Oakfield is here. {DULL}\nHe brings a bomb tomorrow.", "He brings a bomb tomorrow."),
        (f"A knife lies at Oakfield. {DULL} And a bomb goes off.", "And a bomb goes off."),
        (f"A knife was at Oakfield. {DULL} Another knife comes soon.", "Another knife comes soon."),
        (f"{DULL} Perhaps he hurts her at Oakfield. {DULL}", "Perhaps he hurts her at Oakfield."),
        (f"{DULL} Mr. Vane of Oakfield has a knife! Bye.", "Mr. Vane of Oakfield has a knife! Bye."),
    ],
)  # fmt: skip
def test_the_part_without_which_the_rest_is_least_grave_weighed_most(text, found):
    assert weighed(text) == found


@for_each("text", ["He has a knife at Oakfield.", f"{DULL} We like Oakfield very much."])
def test_none_weighed_most_in_one_sentence_or_where_nothing_is_grave(text):
    assert weighed(text, most_asked=0) == ""


def test_what_weighed_most_is_found_in_a_title_and_in_a_long_post_in_few_turns():
    assert weighed(f"{DULL} Oakfield is his school.", "A knife and a bomb") == "A knife and a bomb"
    assert (
        weighed(f"A knife at Oakfield today. {DULL}", "A knife at Oakfield …") == "A knife at Oakfield today."
    )
    long = " ".join([f"{DULL} We still like Oakfield." for _ in range(50)])
    assert weighed(f"{long} He has a knife there now. {long}") == "He has a knife there now."


def test_of_what_people_call_another_schools_nothing_weighed_most():
    post, match = a_mention(text=DULL), replace(a_match(), relevance=Relevance.UNSURE)
    shown = a_verdict(post, relevance=Relevance.UNSURE, look=True, weighed_most=(0, 8))
    found = apply_corrections(shown, post, match, (), [Corrected("not_us", post, match, shown)])
    assert (found.relevance, found.weighed_most) == (Relevance.NOT_ABOUT, None)


# ------------------------------------------------------- letters that are the same to a reader
NEWS = "Oakfield's first staff-room: somebody fetched a knife, see https://example.org/a for it"


@for_each("write", [*WAYS.values()])
def test_the_model_reads_other_letters_as_plain_ones(write) -> None:
    assert model_text("x", write(NEWS), write(NEWS), None) == model_text("x", NEWS, NEWS, None)


@for_each("write", [*WAYS.values(), *CAPITALS.values()])
def test_a_disguise_is_undone_whatever_letters_it_is_in(write) -> None:
    assert undisguise(write("I'll k1ll the first one")).text == "i'll kill the first one"
