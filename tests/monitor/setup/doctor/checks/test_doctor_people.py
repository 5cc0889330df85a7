"""`doctor`: who would be told, by day and by night."""

import re
from dataclasses import replace
from datetime import date
from pathlib import Path

from builders.doctor import HEXLEY, OAKFIELD, SECRET, TODAY, configured, read, told
from pydantic import SecretStr
from support.for_each import for_each

from data.cases import Profile
from data.register.calendar import Calendar, Term
from data.types import Person, Role, School, Source
from monitor.config.load import Config
from monitor.config.model import EvidenceSettings
from monitor.setup import check_settings as doctor_people
from monitor.setup.findings import Finding, Level

NOBODY = "would reach nobody: a person who is accused is told nothing."


def person(id_: str, *roles: Role, email: bool = True, urns: tuple[str, ...] = ()) -> Person:
    return Person(id_, id_.title(), roles, f"{id_}@example.org" if email else None, urns)


FULL = (
    person("head", Role.HEAD),
    person("deputy", Role.DEPUTY_HEAD),
    person("dsl", Role.DSL),
    person("ddsl", Role.DEPUTY_DSL),
    person("chair", Role.CHAIR),
    person("vice", Role.VICE_CHAIR),
)


def test_two_people_in_every_role_are_enough() -> None:
    assert not told(doctor_people.check_people(configured(*FULL)))
    nursery = replace(OAKFIELD, urn="own-acorn", name="Acorn Nursery", phase="")
    found = doctor_people.check_people(configured(*FULL[:-1], schools=(nursery,)))
    assert any("Second owner or vice-chair (vice_chair)" in each.remedy for each in found)


def test_an_officer_with_the_heads_surname_is_named_until_the_file_says_that_they_are_related() -> None:
    head, other = replace(FULL[0], name="Jane Holt"), replace(FULL[-1], name="Kit HOLT")

    def found(*people: Person) -> list[Finding]:
        return list(doctor_people.at_schools(configured(*people), doctor_people.namesakes))

    (one,) = found(head, *FULL[1:-1], other)
    assert one.level is Level.OK  # a warning of somebody who is no relative could never be cleared
    assert "Kit HOLT has the same surname as the head, Jane Holt" in one.what
    assert "If they are related, record it: the desk’s page /people/vice. Until" in one.what
    assert not found(head, *FULL[1:-1], replace(other, related_to=("head",)))
    assert not found(head, replace(other, roles=(Role.STAFF,)))


def test_whose_surname_is_a_word_is_named() -> None:
    word, smith = replace(FULL[0], name="Mrs Ann Head"), replace(FULL[1], name="Mr Carl Smith")
    (one,) = doctor_people.check_surnames(configured(word, smith))
    assert (one.level, "Ann Head" in one.what, "Smith" in one.what) == (Level.OK, True, False)
    assert not [*doctor_people.check_surnames(configured(smith))]


def test_what_one_school_of_several_lacks_is_added_at_that_school() -> None:
    two = configured(*FULL[:4], person("chair", Role.CHAIR, urns=("900002",)), FULL[5])
    two = replace(two, schools=(*two.schools, replace(two.schools[0], urn="900002", name="Larchfield")))
    (no_chair,) = [f for f in doctor_people.check_people(two) if "no chair of governors" in f.what]
    assert no_chair.remedy.endswith(f"the desk’s page /people/new?school={two.schools[0].urn}")


def test_a_school_without_people_is_a_fault() -> None:
    (what,) = told(doctor_people.check_people(configured()), Level.FAULT)
    assert what == "Oakfield Primary School: nobody can be told anything."


@for_each(
    ("gone", "what"),
    [
        ("dsl", "no designated safeguarding lead can be told"),
        ("head", "no headteacher can be told"),
        ("chair", "no chair of governors can be told"),
        ("ddsl", "only one person is named as designated safeguarding lead"),
        ("deputy", "only one person is named as headteacher"),
        ("vice", "only one person is named as chair of governors"),
    ],
)
def test_a_role_that_is_empty_or_hangs_on_one_person_is_told(gone: str, what: str) -> None:
    found = told(doctor_people.check_people(configured(*(p for p in FULL if p.id != gone))))
    assert any(what in line for line in found)


@for_each(("nation", "missed"), [("scotland", False), ("england", True)])
def test_in_scotland_the_authoritys_contact_is_enough_without_a_chair(nation: str, missed: bool) -> None:
    named = (*(p for p in FULL if p.id not in ("chair", "vice")), person("la", Role.LA_CONTACT))
    school = replace(OAKFIELD, nation=nation)
    found = told(doctor_people.check_people(configured(*named, schools=(school,))))
    assert any("chair of governors can be told" in line for line in found) is missed


def test_a_matter_that_would_reach_nobody_is_a_fault() -> None:
    alone = person("head", Role.HEAD, Role.DSL, Role.CHAIR)
    found = told(doctor_people.check_people(configured(alone)), Level.FAULT)
    assert f"Oakfield Primary School: an allegation against the head {NOBODY}" in found


def test_head_and_lead_accused_at_once_must_leave_somebody() -> None:
    what = f"an allegation against both the head and the designated safeguarding lead {NOBODY}"
    two = [p for p in FULL if p.id in ("head", "dsl")]
    assert f"Oakfield Primary School: {what}" in told(
        doctor_people.check_people(configured(*two)), Level.FAULT
    )
    three = [p for p in FULL if p.id in ("head", "dsl", "vice")]
    assert not told(doctor_people.check_people(configured(*three)), Level.FAULT)


def test_a_head_who_is_the_only_safeguarding_lead_is_told_and_with_a_second_it_is_enough() -> None:
    both = person("head", Role.HEAD, Role.DSL)
    found = told(doctor_people.check_people(configured(both, person("deputy", Role.DEPUTY_HEAD))))
    assert any("the head is the only designated safeguarding lead" in what for what in found)
    rest = [p for p in FULL if p.id not in ("head", "dsl")]
    assert not told(doctor_people.check_people(configured(both, *rest)))


def test_whoever_alone_can_be_told_may_be_accused_too() -> None:
    alone = person("ash", Role.DEPUTY_HEAD)
    found = told(doctor_people.check_people(configured(alone)), Level.FAULT)
    assert f"Oakfield Primary School: an allegation against ash {NOBODY}" in found


@for_each("nation", ["england", "scotland"])
@for_each(
    "roles",
    [
        [[Role.HEAD], [Role.DSL]],
        [[Role.HEAD]],
        [[Role.DSL]],
        [[Role.CHAIR]],
        [[Role.HEAD, Role.DSL]],
        [[Role.HEAD, Role.DSL, Role.CHAIR]],
        [[Role.CHAIR, Role.DSL], [Role.HEAD]],
    ],
)
def test_whom_it_says_to_name_would_hear_of_it(roles: list[list[Role]], nation: str) -> None:
    school = replace(OAKFIELD, nation=nation)
    here = [person(f"p{n}", *held) for n, held in enumerate(roles)]
    silent = [f for f in doctor_people.check_people(configured(*here, schools=(school,))) if NOBODY in f.what]
    assert silent
    for finding in silent:
        role = Role(re.findall(r"\((\w+)\)", finding.remedy)[0])
        found = told(doctor_people.check_people(configured(*here, person("new", role), schools=(school,))))
        assert finding.what not in found


def test_a_person_of_a_member_of_the_school_counts() -> None:
    joined = replace(OAKFIELD, members=("900011", "900012"))
    people = [replace(p, urns=("900012",)) for p in FULL]
    assert not told(doctor_people.check_people(configured(*people, schools=(joined,))))


def test_a_person_without_an_address_counts_for_nothing() -> None:
    people = [replace(p, email=None) if p.id == "dsl" else p for p in FULL]
    found = told(doctor_people.check_people(configured(*people)))
    assert "No email address, so never told: dsl." in found
    assert any("no designated safeguarding lead can be told" in what for what in found)


def test_an_office_without_which_nobody_could_decide_is_named() -> None:
    """A head, a chair and a lead: nobody is left where it is about the head and the chair at once."""
    small = (person("head", Role.HEAD), person("chair", Role.CHAIR), person("dsl", Role.DSL))
    found = [f for f in doctor_people.check_people(configured(*small)) if f.check == "offices"]
    (both,) = [f for f in found if "the head and the chair of governors" in f.what]
    assert both.what.endswith(": nobody could decide on a matter about the head and the chair of governors.")
    assert all(office in both.remedy for office in ("vice_chair", "la_contact", "trust_contact"))
    assert not [f for f in doctor_people.check_people(configured(*FULL)) if f.check == "offices"]


def test_where_nobody_could_decide_on_anything_it_is_a_fault() -> None:
    found = doctor_people.check_people(configured(person("it", Role.IT_LEAD)))
    assert Level.FAULT in {f.level for f in found if f.check == "offices" and "about the school" in f.what}


@for_each(("me", "wrong"), [("head", []), ("haed", ["haed"])])
def test_whoever_uses_the_commands_must_be_one_of_the_people(me: str, wrong: list[str]) -> None:
    found = told(doctor_people.check_asker(replace(configured(*FULL), me=me)))
    assert [name for name in wrong if name in "".join(found)] == wrong
    assert bool(found) is bool(wrong)


def test_people_of_one_school_do_not_stand_for_another() -> None:
    mine = [replace(p, urns=("900001",)) for p in FULL]
    assert told(doctor_people.check_people(configured(*mine, schools=(OAKFIELD, HEXLEY)))) == [
        "Hexley Primary School: nobody can be told anything."
    ]


def test_fifty_schools_with_one_lack_are_one_line() -> None:
    schools = tuple(School(f"9{i:05}", f"School {i}") for i in range(50))
    (what,) = told(doctor_people.check_people(configured(schools=schools)))
    assert what == "School 0, School 1, School 2 and 47 more: nobody can be told anything."


TRUST = School("trust-brightwater", "Brightwater Learning Trust", head="Mrs C Example")


@for_each(
    ("people", "said"),
    [
        ((), "those posts are in the governors' reports"),
        ((("central", Role.TRUST_CONTACT),), "No chair of trustees can be told"),
        ((("central", Role.TRUST_CONTACT), ("board", Role.CHAIR)), "are told to central, board"),
    ],
)
def test_who_is_told_what_is_said_of_a_trust(people: tuple[tuple[str, Role], ...], said: str) -> None:
    of_trust = [person(i, role, urns=(TRUST.urn,)) for i, role in people]
    assert any(said in f.what for f in doctor_people.trust(configured(*of_trust, schools=(OAKFIELD, TRUST))))


def test_schools_of_a_trust_that_is_no_subject_of_its_own_are_told_of_it() -> None:
    schools = tuple(replace(s, trust=TRUST.name) for s in (OAKFIELD, HEXLEY))
    assert "counted for each of its schools" in next(doctor_people.trust(configured(schools=schools))).what
    assert not list(doctor_people.trust(configured(schools=schools[:1])))


# `doctor`: whether those whom a school's rules for removals name are there, and its letters.


HEAD = Person("head", "Jane Holt", (Role.HEAD,), "head@example.org")
IT = Person("it", "Jo Fern", (Role.IT_LEAD,), "it@example.org")


def ruled(profile: Profile, *people: Person) -> Config:
    return replace(configured(*people), profiles={OAKFIELD.urn: profile})


def test_a_school_whose_head_does_everything_needs_the_head_alone_and_without_anybody_nothing_is_said() -> (
    None
):
    assert told(doctor_people.check_ladder(ruled(Profile(), HEAD))) == []
    assert list(doctor_people.check_ladder(ruled(Profile()))) == []


def test_an_office_that_nobody_holds_is_told_with_what_it_does() -> None:
    (what,) = told(doctor_people.check_ladder(ruled(Profile(first_assessor=Role.IT_LEAD), HEAD)), Level.WARN)
    assert what == (
        "Oakfield Primary School: it_lead looks at a matter first (“first_assessor”), "
        "but nobody with an email address holds that role."
    )
    assert told(doctor_people.check_ladder(ruled(Profile(first_assessor=Role.IT_LEAD), HEAD, IT))) == []


def test_one_whom_no_mail_reaches_does_not_hold_it() -> None:
    silent = replace(IT, email=None)
    (what,) = told(doctor_people.check_ladder(ruled(Profile(press=Role.IT_LEAD), HEAD, silent)))
    assert "answers the press" in what


def test_a_folder_of_letters_that_is_not_there_is_told(tmp_path: Path) -> None:
    lost = Profile(letters=tmp_path / "letters")
    (what,) = told(doctor_people.check_ladder(ruled(lost, HEAD)))
    assert what.startswith("Oakfield Primary School: the folder of its own letters is not at")
    (tmp_path / "letters").mkdir()
    assert told(doctor_people.check_ladder(ruled(lost, HEAD))) == []


# `doctor`: the school's days, its language, and where its pages are reached.


def with_terms(*terms: Term, closed: tuple[date, ...] = ()) -> Config:
    calendar = Calendar("england", terms, frozenset(closed))
    return replace(configured(), calendars={"900001": calendar})


SPRING = Term(date(2027, 1, 4), date(2027, 2, 12))
LONG = Term(date(2027, 2, 22), date(2027, 7, 20))


@for_each(
    ("config", "said"),
    [
        (with_terms(SPRING, LONG, closed=(date(2027, 2, 19), date(2027, 6, 4))), []),
        (with_terms(), ["no term dates are given, so the digest comes in the holidays too."]),
        (
            with_terms(SPRING, LONG, closed=(date(2027, 2, 17),)),
            ["closed on 17 February 2027, which is in no term."],
        ),
    ],
)
def test_what_is_said_of_a_schools_days(config: Config, said: list[str]) -> None:
    assert told(doctor_people.days(config, TODAY)) == [f"Oakfield Primary School: {line}" for line in said]


@for_each(
    ("last", "what"),
    [
        (
            date(2027, 2, 28),
            "the last term ended on 28 February 2027: every weekday that is not a bank holiday",
        ),
        (date(2027, 3, 1), "the last term you gave ends on 1 March 2027; after it every weekday"),
        (date(2027, 3, 22), "the last term you gave ends on 22 March 2027"),
        (date(2027, 3, 23), None),
    ],
)
def test_terms_that_run_out_within_three_weeks_are_told(last: date, what: str | None) -> None:
    found = told(doctor_people.days(with_terms(Term(date(2027, 1, 4), last)), TODAY))
    assert [what in line for line in found if what] == [True] * (what is not None)


def test_without_base_url_the_ways_to_an_address_are_named_and_a_place_to_listen_does_nothing(
    tmp_path: Path,
) -> None:
    (bare,) = doctor_people.check_pages(read(tmp_path, ""))
    assert "schoolgate docs reaching" in bare.remedy
    found = told(doctor_people.check_pages(read(tmp_path, '[serve]\nlisten = "127.0.0.1:8000"\n')))
    assert "“listen” in [serve] does nothing without “base_url”." in found


SECURE = "https://schoolgate.example.sch.uk"


@for_each(
    ("base_url", "listen", "words"),
    [
        (SECURE, "127.0.0.1:8477", []),
        (SECURE, "[::1]:8477", []),
        ("http://localhost:8477", "localhost:8477", ["to their own computer"]),
        ("https://169.254.7.7", "localhost:8477", ["to their own computer"]),
        ("https://192.168.1.20", "localhost:8477", []),
        ("http://schoolgate.example.sch.uk", "127.0.0.1:8477", ["is not https"]),
        (SECURE, "0.0.0.0:8477", ["without TLS, beyond this machine"]),
        (SECURE, "192.0.2.7:8477", ["without TLS, beyond this machine"]),
    ],
)
def test_pages_without_tls_beyond_this_machine_are_told(base_url: str, listen: str, words: list[str]) -> None:
    config = replace(configured(), base_url=base_url)
    config = replace(config, serve=config.serve.model_copy(update={"listen": listen}))
    found = told(doctor_people.check_pages(config))
    assert len(found) == len(words)
    assert all(word in line for word, line in zip(words, found, strict=True))


def test_a_school_whose_settings_ask_for_welsh_is_told_that_it_is_written_to_in_english() -> None:
    config = configured(schools=(OAKFIELD, HEXLEY))
    assert not told(doctor_people.language(config))
    assert told(doctor_people.language(replace(config, in_english=(HEXLEY.urn,)))) == [
        "Hexley Primary School: its settings ask for Welsh, but Schoolgate writes English: "
        "its people get English."
    ]


# `doctor`: who would hear nothing at night, in the morning or on Friday.


BY_NIGHT = (
    person("head", Role.HEAD),
    person("dsl", Role.DSL),
    person("ddsl", Role.DEPUTY_DSL),
    person("chair", Role.CHAIR),
    person("it", Role.IT_LEAD),
)
OUR_PAGE = Source("our-page", "own.page", "https://example.org/news", urns=("900001",), own=True)


def reached(
    *ids: str, persons: tuple[Person, ...] = BY_NIGHT, schools: tuple[School, ...] = (OAKFIELD,)
) -> Config:
    """These people, of whom those of `ids` have a short message."""
    config = configured(*persons, schools=schools)
    return replace(config, chats={id_: SecretStr(f"ntfy://{SECRET}/{id_}") for id_ in ids})


@for_each("ids", [("head", "dsl"), ("head", "ddsl", "chair")])
def test_a_short_message_to_head_and_lead_or_a_deputy_is_enough(ids: tuple[str, ...]) -> None:
    assert not told(doctor_people.check_telling(reached(*ids)))


@for_each(
    ("ids", "title"),
    [
        (("head", "chair", "it"), "only email reaches the safeguarding leads,"),
        (("dsl", "chair", "it"), "only email reaches the heads,"),
        ((), "only email reaches the safeguarding leads and the heads,"),
    ],
)
def test_a_role_of_the_night_that_only_mail_reaches_is_told(ids: tuple[str, ...], title: str) -> None:
    (what,) = told(doctor_people.check_telling(reached(*ids)))
    assert what == f"Oakfield Primary School: {title} counting deputies, and an email does not wake anybody."


def test_one_address_for_several_is_told_once() -> None:
    config = reached("head", "dsl", "ddsl")
    shared = replace(config, chats={**config.chats, "dsl": config.chats["head"]})
    (what,) = told(doctor_people.check_telling(shared))
    assert what.startswith("One address for short messages reaches dsl, head:")


def test_what_would_be_told_by_mail_alone_though_the_roles_are_reached_is_told() -> None:
    people = (person("head", Role.HEAD, Role.DSL), *BY_NIGHT[2:])
    found = told(doctor_people.check_telling(reached("head", persons=people)))
    assert found == [
        "Oakfield Primary School: at night only email would report an allegation against the head."
    ]


def test_a_short_message_that_cannot_be_read_is_told_by_person_alone() -> None:
    config = replace(reached("head", "dsl"), unreadable_chats=("ddsl", "it"))
    (what,) = told(doctor_people.check_telling(config))
    assert what == "The address for short messages to ddsl, it cannot be read."


def test_no_address_of_a_chat_is_shown() -> None:
    for finding in doctor_people.check_telling(replace(reached("it"), unreadable_chats=("dsl",))):
        assert SECRET not in finding.what + finding.remedy


@for_each(
    ("gone", "what"),
    [
        (("head",), "nobody receives the daily digest."),
        (("head", "chair"), "nobody may sign the governors' weekly report, so it stays a draft."),
    ],
)
def test_where_no_leader_is_left_to_read_or_sign_that_is_told(gone: tuple[str, ...], what: str) -> None:
    people = (*(p for p in BY_NIGHT if p.id not in gone), person("governor", Role.GOVERNOR))
    found = doctor_people.check_telling(reached("dsl", persons=people))
    assert f"Oakfield Primary School: {what}" in told(found)


def test_a_school_without_governors_has_no_reader_of_the_report() -> None:
    people = tuple(p for p in BY_NIGHT if p.id != "chair")
    assert told(doctor_people.check_telling(reached("head", "dsl", persons=people))) == [
        "Oakfield Primary School: nobody receives the governors' weekly report."
    ]


def test_an_own_page_without_anybody_of_it_is_told() -> None:
    people = tuple(p for p in BY_NIGHT if p.id != "it")
    config = replace(reached("head", "dsl", persons=people), sources=(OUR_PAGE,))
    (what,) = told(doctor_people.check_telling(config))
    assert what.endswith("nobody in IT is told about an odd post on the school's own pages (our-page).")
    off = replace(OUR_PAGE, disabled="asked us to stop")
    assert not told(doctor_people.check_telling(replace(config, sources=(off,))))
    assert not told(doctor_people.check_telling(replace(reached("head", "dsl"), sources=(OUR_PAGE,))))


def test_an_own_account_of_which_only_the_feed_is_read_has_no_notice_that_is_looked_for() -> None:
    feed = replace(OUR_PAGE, id="our-posts", kind="feed")
    (what,) = told(doctor_people.check_telling(replace(reached("head", "dsl"), sources=(feed,))))
    assert what.endswith("nothing checks that the notice is on the school's own pages (our-posts).")
    assert not told(doctor_people.check_telling(replace(reached("head", "dsl"), sources=(feed, OUR_PAGE))))


@for_each(
    "witness, wrong",
    [
        (None, ""),
        ("deputy", ""),
        ("chair", "who gets no digest"),
        ("gone", "who gets no digest"),
        ("it", "looks after this machine"),
    ],
)
def test_the_end_of_the_record_goes_to_a_reader_who_cannot_rewrite_it(
    witness: str | None, wrong: str
) -> None:
    config = replace(
        configured(*FULL, person("it", Role.IT_LEAD, Role.SLT)), evidence=EvidenceSettings(witness=witness)
    )
    said = [line for line in told(doctor_people.check_telling(config)) if "end of the record" in line]
    assert bool(said) is bool(wrong)
    assert wrong in " ".join(said)
