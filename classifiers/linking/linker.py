"""Which school is a mention about? Checks every mention against the schools its source is watched for."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence, Set
from functools import cached_property

from ahocorasick_rs import AhoCorasick, Implementation, MatchKind

from classifiers.linking.evidence import evidence
from classifiers.linking.match_reasons import (
    AGAINST,
    OTHER_OF_YOURS,
    SEARCHED,
    UNTIED,
    TrustProfile,
    match_of,
    names_a_school,
    profiles,
    reasons,
    relevance,
    score,
    through_trust,
    total,
)
from classifiers.linking.school_profile import (
    DANGER,
    Bearer,
    Doc,
    Found,
    Gazetteer,
    SchoolProfile,
    bearers_in_register,
    document,
    forms,
    profile,
    street_of,
    words_that_touch,
)
from data.letters import plain_letters
from data.register.school_names import (
    INSTITUTION,
    SCHOOLISH,
    core_of,
    normalise,
    normalise_all,
    outward,
    places_in,
)
from data.types import Match, Mention, MentionKind, Relevance, School, Source

_FEW = 2
_LONG_WORD = 8
_PLACE_WORDS = 4


class Index:
    """Names and places of the given schools; built on first use."""

    def __init__(self, schools: Sequence[School]) -> None:
        self._all = schools

    def candidates(self, padded: str) -> list[str]:
        """URNs of the schools that a text in normal form, padded with blanks, may name; in a fixed order. A
        name shared by more than two schools, or one that is an ordinary phrase, counts only together with a
        place of its bearer."""
        automaton, names = self._names
        hits = _longest(automaton.find_matches_as_indexes(padded, overlapping=True))
        if not hits:
            return []
        near: set[int] | None = None
        chosen: set[int] = set()
        for hit in hits:
            bearers, plain = names[hit]
            if plain or len(bearers) > _FEW:
                near = self._near(padded) if near is None else near
                chosen.update(near.intersection(bearers))
            else:
                chosen.update(bearers)
        return [self._all[i].urn for i in sorted(chosen)]

    @cached_property
    def _names(self) -> tuple[AhoCorasick, list[tuple[tuple[int, ...], bool]]]:
        """Build what finds the names, with who bears each and whether it says little alone."""
        table: dict[str, tuple[list[int], bool]] = {}
        for i, school in enumerate(self._all):
            for text, plain in _patterns(school):
                bearers, was = table.setdefault(text, ([], plain))
                if not bearers or bearers[-1] != i:
                    bearers.append(i)
                if was and not plain:
                    table[text] = (bearers, False)
        automaton = AhoCorasick(
            [f" {text} " for text in table],
            matchkind=MatchKind.Standard,
            store_patterns=False,
            implementation=Implementation.ContiguousNFA,
        )
        return automaton, [(tuple(found), plain) for found, plain in table.values()]

    @cached_property
    def _places(self) -> dict[str, tuple[int, ...]]:
        places: dict[str, list[int]] = defaultdict(list)
        for i, school in enumerate(self._all):
            own = (school.locality, school.town, school.county, school.local_authority, school.postcode)
            given = (*own, *places_in(school.name))
            for place in {
                normalise(place) for place in (*given, outward(school.postcode), street_of(school))
            }:
                if place and f" {place} " not in f" {core_of(school)} ":
                    places[place].append(i)
        return {place: tuple(found) for place, found in places.items()}

    def _near(self, padded: str) -> set[int]:
        """Schools with one of their places in the text."""
        words = padded.split()
        near: set[int] = set()
        for start, word in enumerate(words):
            if word in self._first_words:
                for stop in range(start + 1, min(start + _PLACE_WORDS, len(words)) + 1):
                    near.update(self._places.get(" ".join(words[start:stop]), ()))
        return near

    @cached_property
    def _first_words(self) -> frozenset[str]:
        return frozenset(place.partition(" ")[0] for place in self._places)


def _longest(found: list[tuple[int, int, int]]) -> set[int]:
    """Those (pattern, start, stop) not inside a longer one: “Park Primary” is not “Hyde Park Primary”."""
    if len(found) < _FEW:
        return {hit for hit, _, _ in found}
    kept: set[int] = set()
    reached = -1
    for hit, _, stop in sorted(found, key=lambda f: (f[1], -f[2])):
        if stop > reached:
            kept.add(hit)
            reached = stop
    return kept


def _patterns(school: School) -> list[tuple[str, bool]]:
    """The forms to look for; True for those that say little alone."""
    found = forms(school)
    kernel = core_of(school)
    patterns = [  # an ordinary phrase has nothing in it that suggests a school; one short word is no name
        (form.text, not set(form.text.split()) & SCHOOLISH)
        for form in found
        if form.code != "initials"
        and (form.code != "core_name" or " " in form.text or len(form.text) >= _LONG_WORD)
    ]
    if kernel not in INSTITUTION:
        patterns += [(f"{kernel} {word}", True) for word in ("school", "primary", "academy") if kernel]
    return patterns


class Touch:
    """Which schools have any fact in a text: one automaton over their facts."""

    def __init__(self, schools: Iterable[School]) -> None:
        table: dict[str, set[str]] = defaultdict(set)
        for school in schools:
            for fact in words_that_touch(school):
                table[fact].add(school.urn)
        self._urns = list(table.values())
        self._automaton = AhoCorasick(list(table), matchkind=MatchKind.Standard, store_patterns=False)

    def urns(self, doc: Doc) -> set[str]:
        """The schools to examine closely."""
        return set().union(*self._schools_of_facts(doc))

    def few(self, doc: Doc, most: int) -> set[str]:
        """The same of many schools: a fact that more than `most` share counts only together with others."""
        held = self._schools_of_facts(doc)
        shared = Counter(urn for urns in held if len(urns) > most for urn in urns)
        least = 2
        while len([urn for urn, facts in shared.items() if facts >= least]) > most:
            least += 1
        touched = (urn for urn, facts in shared.items() if facts >= least)
        return set(touched).union(*(urns for urns in held if len(urns) <= most))

    def _schools_of_facts(self, doc: Doc) -> list[set[str]]:
        text = f"{doc.both} {doc.raw.lower()}"
        hits = self._automaton.find_matches_as_indexes(text, overlapping=True)
        return [self._urns[fact] for fact in {fact for fact, _, _ in hits}]


_FEED = Source(id="", kind="", url="")
_MOST_RIVALS = 300
_EACH = 2
"""Where more schools than this are watched, only those that something in the text touches are examined."""
MANY = 50
"""Where more than this are, only those get a match: else a text about nobody would have thousands."""

_NOTHING: Found = {"unnamed": "", "not_searched": "", UNTIED: ""}


class Linker:
    """Tells mentions of the configured schools from those of their namesakes. `schools` are the configured
    ones. `register`, if given, holds all schools and provides evidence against a match. Without configured
    schools the register's are the candidates. Pure once constructed."""

    def __init__(self, schools: Sequence[School], register: Sequence[School] = ()) -> None:
        self._trusts: tuple[TrustProfile, ...] = ()
        if any(school.is_trust for school in schools):
            self._trusts = profiles(schools, register)
            schools = [school for school in schools if not school.is_trust]
        covered = {urn for school in schools for urn in (school.urn, *school.members)}
        others = [school for school in register if school.urn not in covered]
        self._schools: dict[str, School] = {s.urn: s for s in (schools or register)}
        self._cores: dict[str, list[School]] = defaultdict(list)
        for school in [*schools, *others]:
            self._cores[core_of(school)].append(school)
        self._configured = bool(schools)
        self._gazetteer = Gazetteer(register)
        self._bearers: dict[str, list[tuple[str, Bearer]]] = {}
        self._profiles: dict[str, SchoolProfile] = {}
        self._index = Index(tuple(self._schools.values()))

    def link(
        self, mentions: Sequence[Mention], source: Source, about: Collection[tuple[str, str]] = ()
    ) -> list[tuple[Match, ...]]:
        """The matches of each mention, surest first; same length and order as `mentions`.

        Every school that the source is watched for (all configured ones if it names none) gets a match, even
        if only `not_about`; of more than `MANY` only those that something in the text touches. Another
        configured school gets one where it may be meant. `about` are posts of earlier readings with the
        school (mention id, urn) that they are about.
        """
        every = self._schools if self._configured else ()
        watched = {urn: i for i, urn in enumerate(source.urns or every) if urn in self._schools}
        texts = normalise_all([part for mention in mentions for part in (mention.title, mention.text)])
        docs = [document(m, texts[2 * i], texts[2 * i + 1]) for i, m in enumerate(mentions)]
        found = [self._find_evidence(doc, source, watched) for doc in docs]
        for who in self._trusts:
            self._part_from_trust(who, docs, found, source, watched)
        _follow_threads(mentions, found, about, watched)
        for by_urn in found:
            self._weigh_against_others(by_urn)
        matches = [self._matches(by_urn, watched) for by_urn in found]
        for who in self._trusts:
            matches = self._add_trust_matches(who, mentions, docs, found, matches, source, about)
        return matches

    def scan(self, texts: Sequence[str]) -> list[tuple[int, tuple[Match, ...]]]:
        """Matches texts that belong to no particular school against all: (position, matches that are not
        `not_about`). Only texts that name a school are returned. A name shared by many schools counts where a
        place of one of them is beside it."""
        answers = []
        for i, text in enumerate(normalise_all(list(texts))):
            urns = self._index.candidates(f" {text} ")
            if urns:
                doc = Doc(plain_letters(texts[i]), "", f"  {text} ", frozenset(text.split()), "")
                found = {urn: evidence(doc, self._profile(urn), _FEED) for urn in urns}
                matches = tuple(m for m in self._matches(found, {}) if m.relevance is not Relevance.NOT_ABOUT)
                if matches:
                    answers.append((i, matches))
        return answers

    def candidates(self, padded: str) -> list[str]:
        """URNs of schools that a text in normal form, padded with blanks, may name: the automaton alone."""
        return self._index.candidates(padded)

    def _find_evidence(self, doc: Doc, source: Source, watched: Mapping[str, int]) -> dict[str, Found]:
        near = self._near(doc, watched)
        found = {
            urn: evidence(doc, self._profile(urn), source) if urn in near else dict(_NOTHING)
            for urn in (watched if len(watched) <= MANY else sorted(near & watched.keys()))
        }
        if len(watched) > 1:
            for facts in found.values():
                if "unnamed" in facts:
                    facts["not_searched"] = ""
        for urn in self._index.candidates(doc.both):
            if urn not in found:
                other = evidence(doc, self._profile(urn), _FEED)
                if relevance(other.keys()) is not Relevance.NOT_ABOUT:
                    found[urn] = other
        return found

    def _part_from_trust(
        self,
        who: TrustProfile,
        docs: Sequence[Doc],
        found: Sequence[dict[str, Found]],
        source: Source,
        watched: Collection[str],
    ) -> None:
        """A school of the trust is not named by words of the trust's own name: “Cromer Academies Trust”."""
        for doc, by_urn in zip(docs, found, strict=True):
            named = [s.urn for s in who.schools if s.urn in by_urn and names_a_school(by_urn[s.urn])]
            beside = who.blank_names(doc) if named else doc
            for urn in named if beside.both != doc.both else ():
                facts = evidence(beside, self._profile(urn), source if urn in watched else _FEED)
                if "trust" in by_urn[urn]:
                    facts["trust"] = by_urn[urn]["trust"]
                    facts.pop(UNTIED, None)
                by_urn[urn] = facts

    def _add_trust_matches(
        self,
        who: TrustProfile,
        mentions: Sequence[Mention],
        docs: Sequence[Doc],
        found: Sequence[Mapping[str, Found]],
        matches: Sequence[tuple[Match, ...]],
        source: Source,
        about: Collection[tuple[str, str]],
    ) -> list[tuple[Match, ...]]:
        """The matches; where a trust is meant and no school of it, its own first, and those of its schools by
        its name alone."""
        theirs = dict.fromkeys(school.urn for school in who.schools)
        meant = {mention_id for mention_id, urn in about if urn == who.trust.urn}
        done = []
        for mention, doc, by_urn, some in zip(mentions, docs, found, matches, strict=True):
            own = match_of(mention, doc, who, source, answers=mention.parent in meant)
            if own and not any(urn in by_urn and names_a_school(by_urn[urn]) for urn in theirs):
                meant.add(mention.id)
                others = (match for match in some if match.urn not in theirs)
                reached = theirs if len(theirs) <= MANY or not DANGER.isdisjoint(doc.words) else ()
                some = (own, *others, *(through_trust(urn, who) for urn in reached))
            done.append(some)
        return done

    def _near(self, doc: Doc, watched: Mapping[str, int]) -> Set[str]:
        """Those to examine; of many no more than a clue points to."""
        if len(watched) <= _EACH:
            return watched.keys()
        if len(watched) <= MANY:
            return self._touch.urns(doc)
        return self._touch.few(doc, MANY).union(self._index.candidates(doc.both))

    def _weigh_against_others(self, found: Mapping[str, Found]) -> None:
        """Count it against the other schools where one seems to be meant."""
        if len(found) < 2:
            return
        meant = {
            urn: total(facts)
            for urn, facts in found.items()
            if "thread" in facts or relevance(facts.keys()) is not Relevance.NOT_ABOUT
        }
        for urn, facts in found.items() if meant else ():
            if urn not in meant:
                facts[OTHER_OF_YOURS] = self._schools[max(meant, key=lambda other: meant[other])].name

    @cached_property
    def _touch(self) -> Touch:
        return Touch(self._schools.values())

    def _matches(self, found: Mapping[str, Found], watched: Mapping[str, int]) -> tuple[Match, ...]:
        matches = []
        for urn, facts in found.items():
            answer, sure = relevance(facts.keys()), round(score(total(facts)), 4)
            matches.append(Match(urn, answer, sure, reasons(facts, self._profile(urn), answer)))
        last = len(self._schools)
        return tuple(sorted(matches, key=lambda m: (-m.score, watched.get(m.urn, last), m.urn)))

    def _profile(self, urn: str) -> SchoolProfile:
        if urn not in self._profiles:
            school = self._schools[urn]
            others = self._cores[core_of(school)] if self._configured else ()
            rivals = [other for other in others if other.urn != urn][:_MOST_RIVALS]
            self._profiles[urn] = profile(school, rivals, self._other_bearers(school), self._gazetteer)
        return self._profiles[urn]

    def _other_bearers(self, school: School) -> tuple[Bearer, ...]:
        """The other schools of the name, each worked out once."""
        kernel = core_of(school)
        if kernel not in self._bearers:
            bearing = self._cores[kernel]
            self._bearers[kernel] = [
                (s.urn, of) for s, of in zip(bearing, bearers_in_register(bearing), strict=True)
            ]
        return tuple(bearer for urn, bearer in self._bearers[kernel] if urn != school.urn)


def _follow_threads(
    mentions: Sequence[Mention],
    found: Sequence[dict[str, Found]],
    before: Collection[tuple[str, str]],
    watched: Collection[str],
) -> None:
    """A reply to a post about a school is probably about it too, and so are its own replies: weaker than a
    name. Where the post before is surely about it, a name that others bear too is the school's in the reply.
    """
    about: dict[str, set[str]] = defaultdict(set)
    sure = set()
    for mention_id, urn in before:
        about[mention_id].add(urn)
    for mention, by_urn in zip(mentions, found, strict=True):
        for urn, facts in by_urn.items():
            answer = relevance(facts.keys())
            if "unnamed" not in facts and answer is not Relevance.NOT_ABOUT:
                about[mention.id].add(urn)
                sure |= {(mention.id, urn)} if answer is Relevance.ABOUT else set()
    replies = [
        (mention, str(mention.parent), by_urn)
        for mention, by_urn in zip(mentions, found, strict=True)
        if mention.parent is not None and mention.kind is not MentionKind.ARTICLE
    ]

    def follow(mention: Mention, parent: str, by_urn: dict[str, Found]) -> bool:
        """Add that it answers what is about a school, where it names none itself; was anything added?"""
        facts_of = {urn: by_urn.get(urn, _NOTHING if urn in watched else {}) for urn in about[parent]}
        answered = [
            urn
            for urn, it in facts_of.items()
            if "thread" not in it
            and ("unnamed" in it or (it and (parent, urn) in sure and not AGAINST & it.keys()))
        ]
        for urn in answered:
            facts = by_urn.setdefault(urn, dict(_NOTHING))
            facts["thread"] = parent
            for code in (UNTIED, SEARCHED):
                facts.pop(code, None)
        about[mention.id].update(answered)
        return bool(answered)

    while any([follow(*reply) for reply in replies]):
        pass
