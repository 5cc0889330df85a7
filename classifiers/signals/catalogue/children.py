"""A child at risk: disclosures, signs of harm, weapons carried, missing children, unfit adults, forced
marriage.
"""

# ruff: noqa: E501 - a pattern has one alternative a line, however long
from __future__ import annotations

import re

from classifiers.signals.rule import REVIEWS, PreparedText, Rule, either, pattern_of, rule, sentence_of
from data.types import About, Route

_SG = Route.SAFEGUARDING
_CHILD = r"(?:child|kid|wean|bairn|pupil|boy|girl|lad|lass|son|daughter|brother|sister|toddler|baby|y(?:ea)?r? ?\d{1,2})"

_first_person = pattern_of(r"i|i'm|im|i've|ive|me|my|mine").search
_CHILD_VOICE = either(r"""
    my (?:mum|mam|mom|ma|maw|dad|da|stepdad|step dad|stepmum|uncle|nan|gran|grandad|foster (?:mum|mam|dad|ma|da|carer|parents?|mother|father)|mum'?s (?:bf|boyfriend))
    (?:mum'?s|mam'?s|my mum'?s) (?:new )?(?:boyfriend|bf|partner)
    my (?:form )?(?:tutor|teacher|coach)
""")
_child_voice = re.compile(_CHILD_VOICE).search
_harm = pattern_of(r"""
    (?:hits?|hit|beats?|hurts?|punch(?:es|ed)?|kicks?|slaps?|burns?|chokes?|strangles?|locks?|touch(?:es|ed)?) (?:me|us|my (?:\w+ )?(?:brother|sister|mum|mam))(?! (?:at (?!home|night)|to the |in the (?:race|quiz|final)|by \d|with (?:facts|kindness)|up))
    (?:comes?|came) (?:in(?:to)?|to) my (?:room|bed)
    makes? me (?:touch|watch|do|take|undress|strip)
    (?:scared|afraid|frightened|don'?t want|dont want|cant|can'?t) (?:to )?(?:of going home|go home|be alone with|going home)
    (?:don'?t|dont) feel safe (?:at home|with|in)
    not safe at home
    (?:won'?t|wont|doesn'?t|doesnt) (?:feed|let me eat) ?(?:me)?
    (?:belt|slipper|fist)s? (?:again|last night|every)
    """)
_past = pattern_of(r"""
    in the (?:19)?[5-9]0s|years ago|when i was (?:a kid|at school|young|little|\d+)|back in (?:19|20)\d\d|19[4-9]\d
    (?:in|from|for|of|about) (?:the|a|my|our|this|that|his|her) (?:\w+ ){0,2}(?:book|play|film|drama|song|story|production|panto\w*|scene)
    novel|character|chapter|lyrics?|quote|plays? (?:a|the)
    """).search


_SHORT_WORDS = 120


def _discloses(p: PreparedText) -> bool:
    """In a short text anywhere; in a long one within a sentence."""
    if p.channel in REVIEWS:
        return False
    if p.words <= _SHORT_WORDS:
        return _hurt_now(p.plain)
    return any(_hurt_now(sentence_of(hit.span(), p.plain)) for hit in _harm.finditer(p.plain))


def _hurt_now(text: str) -> bool:
    return bool(_child_voice(text) and _harm.search(text) and _first_person(text)) and not _past(text)


_NAME = (
    r"(?<=[a-z,(\"'] )(?!(?:Maths?|English|Science|History|Geography|French|Music|Art|Drama|Computing|Welsh|Latin|RE|PE"
    r"|Mr|Mrs|Ms|Miss|Dr|Year|Class|Form|Reception|Nursery|Children|Pupils?|Boys?|Girls?|Kids|Parents?|Mums?|Dads?)\b)[A-Z][a-z]+"
)
_CLASS = r"(?:(?:[Yy]ear|[Yy]r?|P|S|Bl|Form)\.? ?\d{1,2}\w?|\d{1,2}[A-Z])\b"
_named_child = re.compile(
    rf"(?P<in>{_NAME}) (?:[A-Z]\.? )?(?:in|from|of) {_CLASS}"
    rf"|(?P<beside>{_NAME})(?: [A-Z]\.?)?(?P<comma>,? \(?){_CLASS}(?P<next> \w+)?"
    r"|(?:girl|boy|pupil|child|lad|wean|bairn) (?:called|named) [A-Z][a-z]+"
)
_class_or_called = re.compile(rf"{_CLASS}|called |named ").search
_an_adults = re.compile(
    r"(?:\b(?:Mr|Mrs|Ms|Miss|Dr|Sir|Madam|Prof|Professor|Rev|Revd|Coach|Syr)\.? (?:[A-Z][\w'’-]*\.? ){0,2}"
    r"|\b(?:[Tt]eacher|[Tt]utor|TA|[Aa]ssistant|[Hh]eadteacher|[Cc]aretaker|[Gg]overnor|[Aa]thro|[Aa]thrawes),? )$"
).search
"""What stands before a grown-up's name: a title, or what they do at the school."""
_LOOK_BACK = 120
"""So many characters before a name are looked at: all that came before would be read again for each name."""
_no_name = re.compile(
    r"January|February|March|July|September|October|November|December|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|Spring"
    r"|Winter|Christmas|Easter|Halloween|Eid|Diwali|Whole|Head|Ofsted|Estyn|SATs|Schools?|Academy|Primary|Infants?|Juniors?"
    r"|College|Teachers?|Every(?:one|body)|Facebook|WhatsApp|Google|Key|Stage|Term|Half|Miss|Sir"
).fullmatch
"""Words with a capital letter that stand before a year group, and name nobody."""
_perhaps_a_month = re.compile(r"April|May|June|August|Summer|Autumn").fullmatch
_of_the_year = re.compile(
    r"\b(?:in|the|this|last|next|since|until|till|by|early|late|every) $", re.IGNORECASE
).search
"""What stands before a month or a season; without it, April or Summer is a child."""
_of_the_class = re.compile(
    r" (?:trips?|residential|assembly|concert|play|show|swimming|sats|leavers|results|data|camp|disco|prom|party|fair"
    r"|photos?|parents|teachers?|staff|curriculum|homework|timetable|uniform|maths)",
    re.IGNORECASE,
).fullmatch
"""What belongs to a year group: “Oakfield Year 6 trip” names a school."""


def _names_child(p: PreparedText) -> bool:
    """A name beside a year group, if it is no grown-up's, no school's and no day of the calendar."""
    return bool(_class_or_called(p.text)) and any(_a_childs(hit, p) for hit in _named_child.finditer(p.text))


def _a_childs(hit: re.Match[str], p: PreparedText) -> bool:
    name = hit["in"] or hit["beside"]
    if name is None:
        return True
    beside_a_trip = hit["comma"] == " " and _of_the_class(hit["next"] or "") is not None
    near = (p.text, max(0, hit.start() - _LOOK_BACK), hit.start())
    season = _perhaps_a_month(name) is not None and _of_the_year(*near) is not None
    return not (_no_name(name) or season or beside_a_trip or _an_adults(*near))


RULES: tuple[Rule, ...] = (
    rule(
        "child_identifiable",
        "A child could be identified: a name together with a year group or a class.",
        _names_child,
        needs="[0-9]|called |named ",
    ),
    rule(
        "child_discloses",
        "Somebody who seems to be a child says that they are being hurt or are afraid at home.",
        _discloses,
        needs=_CHILD_VOICE,
        labels=("safeguarding",), severity=4, route=_SG, about=About.PUPIL, danger=True,
    ),
    rule(
        "weapon_at_school",
        "A child is said to carry a weapon.",
        rf"""
        {_CHILD}s? (?:\w+ ){{0,6}}(?:has|had|with|carrying|carries|brought|brings|bringing|keeps|takes|hides|showing|found with|shown to have|got|pulled|waving|waved) (?:\w+ ){{0,4}}(?:knife|blade|machete|taser|knuckle ?duster|bb gun|gun)
        (?:pulled|waved|drew|held) (?:a|the|out a) (?:\w+ )?(?:knife|blade|machete|taser)(?: \w+){{0,3}}
        (?:knife|blade|machete|taser|knuckle ?duster) (?:\w+ ){{0,3}}(?:in|down|up) (?:his|her|their|a|the|y\d+'?s?) (?:\w+ )?(?:bag|sock|blazer|locker|sleeve|waistband|trousers|pencil case|coat)
        """,
        unless=r"plastic|props?|rumours?",
        within=r"""
        kitchen staff|food tech\w*|butter|plastic|palette|bread|cake|play|drama|prop|cutlery|canteen|craft|lesson|talk|(?:glue|top|starting) gun|gun (?:dogs?|licence)|blade of|youtube|books?|novel|author
        workshop|scouts?|bushcraft|forest school|museum|nerf|water
        """,
        labels=("safeguarding",), severity=4, route=_SG, about=About.PUPIL,
    ),
    rule(
        "child_missing",
        "A child is missing or has run away.",
        rf"""
        {_CHILD}s? (?:\w+ ){{0,5}}(?:is|has gone|gone|went|been|still) missing(?! (?:her|his|their|the|a|an|out|from class)\b)
        missing {_CHILD}
        (?:ran|run|bolted|walked) (?:off|away|out(?! of)|out of (?:the )?(?:school|class|classroom|gates?|nursery|building|lesson)) (?:\w+ ){{0,4}}(?:nobody|no one|can'?t find|cannot find|not seen|haven'?t seen|don'?t know where|still (?:missing|not|out)|towards?)
        (?:hasn'?t|has not|not|never) (?:come|came|got) home (?:from school|since|last night|yet)
        absconded
        """,
        unless=r"found safe|safe and well",
        within=r"""
        letters?|reports?|missing (?:homework|coat|jumper|cat|dog|pe kit|lesson|school|out|a|the|points|persons? poster)
        play|novel|book|drama|film|hamster|tortoise|rabbit|cat|dog|teeth|policy|figures|statistics
        """,
        labels=("safeguarding",), severity=4, route=_SG, about=About.PUPIL,
    ),
    rule(
        "adult_unfit",
        "An adult who has a child in their care seems drunk or drugged now.",
        rf"""
        (?:drunk|stinking of (?:drink|booze|alcohol|weed)|reeking of (?:drink|booze|alcohol|weed)|off (?:her|his) (?:face|head)|slurring|paralytic|passed out (?:on|in|at|while|drunk|asleep|cold)) (?:\w+\W+){{0,12}}(?:pick(?:ing)? up|collect\w*|keys|driving|in charge|{_CHILD}s?|weans|kids|children|ski|trip|bus)
        (?:pick(?:ing)? up|collect\w*|driving|in charge|minibus) (?:\w+\W+){{0,12}}(?:drunk|stinking of (?:drink|booze|alcohol)|reeking of (?:drink|booze|alcohol)|slurring|off (?:her|his) (?:face|head))
        """,
        unless=r"on joy|on success|play|drama|novel|punch[- ]drunk|pto|quiz night|prosecco|pub|assembly|lesson",
        labels=("safeguarding",), severity=4, route=_SG,
    ),
    rule(
        "child_beaten",
        "An adult reports that a child is beaten, starved, locked in or was nearly taken.",
        rf"""
        (?:his|her|their|the {_CHILD}'?s|that {_CHILD}'?s) (?:own |mum'?s |mother'?s )?(?:dad|step-?dad|father|step-?father|mum|mother|step-?mum|step-?mother|boyfriend|partner|uncle|foster (?:dad|mum|father|mother|carer)) (?:\w+ ){{0,2}}(?:hits|beats|burns|starves|whips|punches|strangles|chokes|molests|rapes|abuses|kicks|locks) (?:him|her|them|the {_CHILD}s?)(?! (?:at|with (?:kindness|facts)|in the (?:race|quiz|final)))
        {_CHILD}s? (?:\w+ ){{0,6}}(?:is|are|'s|gets?|keeps?) (?:being |getting )?(?:beaten|starved|abused|burned|burnt|whipped|molested|raped|locked (?:up|in)|hit|punched|kicked) (?:\w+ ){{0,3}}(?:at home|by (?:his|her|their) (?:own |mum'?s |mother'?s )?(?:dad|father|step\w*|mum|mother|boyfriend|partner|uncle|parents))
        (?:locks|locking|locked|shuts|chains|ties) (?:(?:her|his|their|the|that|my) ){{0,2}}(?:\w+ )?(?:son|daughter|kids?|child(?:ren)?|boy|girl|toddler|baby|stepson|stepdaughter) (?:up )?(?:in|to) (?:the|a|an) (?:\w+ )?(?:shed|cupboard|cellar|garage|cage|attic|loft|basement|bed|radiator)
        (?:man|men|bloke|stranger|woman|somebody|someone|van|car|guy) (?:\w+\W+){{0,12}}?tr(?:ied|ying|ies) to (?:take|grab|snatch|abduct|kidnap|lure|drag|pull) (?:(?:my|our|a|the|two|some|three|\w+'s|little|young|year \d+) ){{0,3}}(?:daughter|son|{_CHILD})s?(?!['’])(?! (?:out of (?:the|a) (?:river|road|pool|water|sea|way|lake|pond)|clear|to safety|who (?:ran|fell|had)))
        """,
        unless=r"hoax|rumours?|(?:isn'?t|not|wasn'?t) true|untrue|turned out|years ago|in the (?:19)?[6-9]0s",
        within=r"play|drama|novel|book|film|panto\w*|scene|chess|karate|judo|cards|playstation|fifa|hide and seek|sports day|parents race|darts|attention|dog|cat|pony|photo|picture",
        labels=("safeguarding",), severity=3, route=_SG, about=About.PUPIL,
    ),
    rule(
        "child_hurt_now",
        "An adult reports that a named or particular child is being hurt, starved or is afraid now.",
        rf"""
        {_CHILD}s?'?s? (?:\w+\W+){{0,10}}(?:bruis\w+|belt marks?|marks on|black eye|cigarette burns?|bite marks?|welts)
        (?:bruis\w+|belt marks?|black eye|cigarette burns?|welts) (?:\w+\W+){{0,8}}(?:{_CHILD}s?|his|her) (?:arms?|back|legs?|neck|face|body)?
        (?:he|she|{_CHILD})(?: is|'s| was)? (?:\w+ ){{0,2}}(?:afraid|scared|terrified) (?:of|to go home|to be) (?:\w+ ){{0,3}}(?:dad|mum|stepdad|home|him|her|uncle|them)
        (?:dad|mum|stepdad|father|mother|boyfriend|uncle) (?:\w+ ){{0,3}}(?:hits|beats|burns|starves|locks|kicks|punches|hurts|slaps) (?:him|her|them|the {_CHILD}s?)
        """,
        unless=r"""
        play|drama|face ?paint|make-?up|halloween|rugby|football|netball|karate|judo|fell off|tripped|trampoline|bumped head
        novel|book|film|spiders?|the dark|maths|years ago|in the (?:19)?[6-9]0s
        """,
        labels=("safeguarding",), route=_SG, about=About.PUPIL,
    ),
    rule(
        "signs_of_harm",
        "It names signs that a child may be hurt or neglected.",
        r"""
        flinch\w*|bruis(?:e|es|ed|ing)|(?:marks?|burns?) on (?:his|her|their|the)(?: \w+)?|hand ?print
        (?:wets?|wetting) (?:the bed|himself|herself)|(?:not|hasn'?t|n'?t) eaten (?:since|for|all)|same clothes
        """,
        unless=r"""
        rugby|football|netball|karate|judo|trampoline|apples?|bananas?|ego|knees?|fell (?:off|over)|full marks|marks on the board
        years ago|play|drama|make-?up|museum
        """,
        labels=("safeguarding",), route=_SG, about=About.PUPIL, hint=True,
    ),
)  # fmt: skip
