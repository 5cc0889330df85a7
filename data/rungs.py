"""The rungs of the removal ladder, a row each, and the clocks that a case may wait for. No rules here.

A row says everything that is particular to a rung: nothing else in the program asks which rung it is, except
the few rules listed in tests/test_rungs.py. What is asked there is called as `data.words.say` says.
CONTRIBUTING.md says how to add one.
"""

from __future__ import annotations

from enum import StrEnum

from data.frozen import freeze


class CaseClock(StrEnum):
    """The clocks that may run in a case."""

    BASILDON_24H = "basildon_24h"
    """The school's own target for a site's host, from the decision: elapsed hours (Basildon 9.3)."""
    OPERATOR_S5_48H = "operator_s5_48h"
    """A website's operator, from receiving a notice (Defamation (Operators of Websites) Regs 2013, 1(3))."""
    POSTER_5D = "poster_5d"
    """The poster, from the operator's sending (the same regulations' Schedule): calendar days."""
    PLATFORM_48H = "platform_48h"
    """A platform, from the report: elapsed hours (advice of the Professionals Online Safety Helpline)."""
    RHC_WEEK = "rhc_week"
    """A platform's silence, from the report: when it is past, Report Harmful Content takes the matter."""
    ART14_MONTH = "art14_month"
    """Telling somebody that data about them is held, from the first of it (UK GDPR, Article 14(3)(a))."""
    DP_COMPLAINT_30D = "dp_complaint_30d"
    """Acknowledging a complaint about data protection, from its receipt (Data (Use and Access) Act 2025)."""
    AUTHOR_DAYS = "author_days"
    """An author who was asked, by the school's days: to the end of the last (each school's policy)."""
    CHASE_2_WORKING_DAYS = "chase_2_working_days"
    """Asking a host or a registrar again: two working days where the school is (ours)."""
    WARN_1H = "warn_1h"
    """Warning whoever is in danger, the site and the authority, from ringing 999 (ours)."""
    REVIEW_30D = "review_30d"
    """Looking again at a matter that is not pursued (ours)."""
    RECHECK = "recheck"
    """The first check whether a post that was said to be gone is gone (ours)."""


OF_PRIVACY = frozenset((CaseClock.ART14_MONTH, CaseClock.DP_COMPLAINT_30D))
"""What is owed to a person about their data, whatever becomes of the post."""

OF_OTHERS = frozenset(
    (CaseClock.AUTHOR_DAYS, CaseClock.PLATFORM_48H, CaseClock.OPERATOR_S5_48H, CaseClock.POSTER_5D)
)
"""The time that policies, helplines and the law give somebody who is asked; the others are our own."""


@freeze
class AskingWay:
    """One way of asking at a rung: `kind` is what the step records, "" for the plain way.

    `offered` ways are tried by `case next`; the others are recorded where somebody took them. `clock` is the
    way's own, None for the rung's. `for_parents` alone: a parent is spoken to before being written to.
    `for_members` alone: in a private conversation only somebody who is in it can report. `for_sites` alone: a
    platform has no host or registrar that would remove a post of it.
    `of_owner` alone: what is used without its owner's leave. `spoken`: there is no letter to be kept.
    `letters` are the templates by which it is asked.
    """

    kind: str = ""
    offered: bool = False
    clock: CaseClock | None = None
    for_parents: bool = False
    for_members: bool = False
    for_sites: bool = False
    of_owner: bool = False
    spoken: bool = False
    letters: tuple[str, ...] = ()


PLAIN = AskingWay(offered=True)
COPYRIGHT = "copyright"
UNDER_AGE = "under_age"
"""Of a child's account nothing is kept but its address."""
_NOTICE = ("copyright_notice",)
_COPYRIGHT = AskingWay(COPYRIGHT, True, CaseClock.CHASE_2_WORKING_DAYS, of_owner=True, letters=_NOTICE)
"""A notice by the owner of pictures, words or marks. The law gives no time for an answer: it is our clock."""
_INVITES, _OF_NETWORKS = ("parent_invitation",), ("registrar_abuse", "isp_terms")
_REPORTS = (
    "platform_report", "account_report", "mumsnet", "wikipedia", "archive_request", "search_result",
)  # fmt: skip


@freeze
class RungSpec:
    """One rung's row.

    `order` is how high it is; rungs of the same order stand side by side. `clock` starts when it is asked.
    `ways` are the ways of asking that have rules of their own. A `delegate` of the decider may decide on it.
    `emergency`: 999 is rung here, and it may be asked even while the post is said to be gone. `of_site`:
    those asked run or host the site, and may be given what others of them were sent and said. What it wants
    is in `alerts.ladder.advance`.
    """

    order: int
    clock: CaseClock
    ways: tuple[AskingWay, ...] = (PLAIN,)
    delegate: bool = False
    emergency: bool = False
    of_site: bool = False

    @property
    def kinds(self) -> tuple[str, ...]:
        """The ways in which it may be asked, besides its plain one."""
        return tuple(way.kind for way in self.ways if way.kind)

    @property
    def letters(self) -> tuple[str, ...]:
        """The templates by which it is asked, in any way."""
        return tuple(dict.fromkeys(letter for way in self.ways for letter in way.letters))

    def letters_of(self, kind: str) -> tuple[str, ...]:
        """The templates by which it is asked in this way."""
        return next((way.letters for way in self.ways if way.kind == kind), ())

    def is_spoken(self, kind: str) -> bool:
        """Is it asked by word of mouth in this way?"""
        return any(way.spoken for way in self.ways if way.kind == kind)

    def clock_of(self, kind: str) -> CaseClock:
        """The clock that asking it in this way starts."""
        return next((way.clock for way in self.ways if way.kind == kind and way.clock), self.clock)


class Rung(StrEnum):
    """The one who is asked to remove a post, from the author up. The value is what is stored."""

    _value_: str
    spec: RungSpec

    def __new__(cls, value: str, *row: RungSpec) -> Rung:
        """A member is its stored value, and has its row."""
        rung = str.__new__(cls, value)
        rung._value_ = value
        (rung.spec,) = row
        return rung

    AUTHOR_REQUEST = (
        "author_request",
        RungSpec(
            order=1,
            clock=CaseClock.AUTHOR_DAYS,
            ways=(
                AskingWay("conversation", True, for_parents=True, spoken=True, letters=_INVITES),
                AskingWay("removal", True, letters=("parent_removal", "author_removal", "staff_removal")),
                AskingWay("letter"),
                AskingWay("site_contact"),
            ),
        ),
    )
    PLATFORM_REPORT = (
        "platform_report",
        RungSpec(
            order=2,
            clock=CaseClock.PLATFORM_48H,
            ways=(
                AskingWay(offered=True, letters=_REPORTS),
                AskingWay("member", offered=True, for_members=True),
                AskingWay("own"),
                AskingWay("appeal", letters=("platform_appeal",)),
                AskingWay(UNDER_AGE, letters=("under_age_report",)),
                _COPYRIGHT,
            ),
            delegate=True,
            of_site=True,
        ),
    )
    HOST = (
        "host",
        RungSpec(
            order=3,
            clock=CaseClock.CHASE_2_WORKING_DAYS,
            ways=(
                AskingWay("host", True, for_sites=True, letters=("host_abuse",)),
                AskingWay("s5", True, CaseClock.OPERATOR_S5_48H, letters=("s5_notice",)),
                _COPYRIGHT,
            ),
            of_site=True,
        ),
    )
    ISP = (
        "isp",
        RungSpec(
            order=4,
            clock=CaseClock.CHASE_2_WORKING_DAYS,
            ways=(AskingWay("registrar", True, for_sites=True, letters=_OF_NETWORKS), AskingWay("host")),
            of_site=True,
        ),
    )
    POSH = (
        "posh",
        RungSpec(
            order=4,
            clock=CaseClock.CHASE_2_WORKING_DAYS,
            ways=(AskingWay("", True, letters=("posh",)), AskingWay("rhc", True, letters=("rhc",))),
        ),
    )
    POLICE = (
        "police",
        RungSpec(
            order=5,
            clock=CaseClock.CHASE_2_WORKING_DAYS,
            ways=(AskingWay("", True, letters=("police",)),),
            emergency=True,
        ),
    )

    @property
    def key(self) -> str:
        """The key of all who may be asked there, in data/words; of one asking: `data.words.say`."""
        return f"rung.{self.value}.name"


EMERGENCY = next(rung for rung in Rung if rung.spec.emergency)
"""The rung at which 999 is rung; a case of an immediate threat is opened there."""
