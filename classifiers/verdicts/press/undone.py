"""What the press says is over, was nothing or was only practised: the phrases that undo those of an event."""

# ruff: noqa: E501 - a pattern has one alternative a line, however long
from __future__ import annotations

import re
from dataclasses import dataclass

from classifiers.signals.rule import pattern_of
from classifiers.verdicts.press.words import GAP, PUPIL, STAFF
from data.types import PressEvent


@dataclass(frozen=True, slots=True)
class Undone:
    """Phrases that say it is over, was nothing, or was only practised; `event` is theirs, `undoes` what they
    undo. An `alarm` was one for nothing. What is named `beside` an event undoes it only where it is said of it.
    """

    event: PressEvent
    undoes: frozenset[PressEvent]
    pattern: re.Pattern[str]
    praise: bool = False
    alarm: bool = False
    beside: bool = False

    def in_text(self, headline: str, body: str, *, firm: bool) -> bool:
        """Does it undo what an article tells of? `firm` says that the headline has a hard phrase."""
        if not self.beside:
            return bool(self.pattern.search(f"{headline}\n{body}"))
        if self._apart(headline):
            return False
        told = bool(self.pattern.search(body)) and (not firm or bool(_SAID_OF_IT.search(body)))
        return told or bool(self.pattern.search(headline))

    def _apart(self, headline: str) -> bool:
        """Has somebody been harmed or accused, in a part of the headline that does not speak of a drill?"""
        parts = _PARTS.split(_QUOTED.sub(" ", _AGE.sub(" ", headline)))
        return any(_HAPPENED.search(part) and not self.pattern.search(part) for part in parts)


_PARTS = re.compile(
    r"[,;:](?=\s)|\s[-–—]\s|\b(?:after|before|as|while|despite|amid|during|following|ahead of|when|and|over|since|weeks?|days?|hours?)\b"
)
_AGE = re.compile(r", \(?\d\d?\)?,")
_QUOTED = re.compile(r"(?<!\w)['‘\"“][^'’\"”]{1,40}['’\"”](?!\w)")
_HAPPENED = pattern_of(rf"""
    {PUPIL},?(?:\W+[\w'’-]+){{0,6}}?\W+(?:stabbed|shot|attacked|assaulted|injured|hurt|killed|dies|died|dead|in hospital|airlifted|collapse[sd]?|hit by|run over|knocked down|missing|raped|abused|groomed|bitten|burn(?:ed|t))
    {STAFF}(?:\W+[\w'’-]+){{0,6}}?\W+(?:charged|arrested|suspended|sacked|dismissed|struck off|accused|convicted|guilty|jailed|stabbed|attacked|assaulted|killed|dies|in court|on leave|under investigation)
    (?:stabbing|shooting|fatal|death) (?:at|in|of|outside|near)
    """)
_SAID_OF_IT = pattern_of(r"""
    (?:it|this|that|incident|alert|lockdown|evacuation|alarm|call|threat|report|scare|response|visit|presence|event) (?:\w+ ){0,5}?(?:was|were|been|be|proved|is|turned out) (?:\w+ ){0,5}?(?:drill|exercise|practice|rehearsal|test|hoax|prank|alarm|nothing|training)
    turned out to be|came to nothing|no credible|not credible|nothing (?:suspicious )?(?:was )?found|as part of (?:a|an|the) (?:\w+ ){0,3}(?:drill|exercise)|in (?:a|the) (?:\w+ ){0,3}(?:drill|exercise)
    """)


def _undone(
    lines: str, *undoes: PressEvent, praise: bool = False, alarm: bool = False, beside: bool = False
) -> Undone:
    return Undone(undoes[0], frozenset(undoes), pattern_of(lines), praise, alarm, beside)


UNDONE: tuple[Undone, ...] = (
    _undone(
        r"""
        rais(?:e|es|ed|ing) (?:over |more than |almost |nearly )?£\S+|£\S+ raised|careers? (?:day|fair|week)|library week|honoured|fun day|open (?:day|evening|morning)|(?:hailed|praised|honoured|commended|bravery|hero\w*|award\w*|medal)(?: \w+){0,5}? (?:for )?(?:sav(?:ing|ed)|rescu(?:ing|ed))|saves? (?:\w+ ){0,3}?(?:choking|drowning|collapsed)|jail and bail|(?:arrest(?:ed|s)?|locked up|jailed|behind bars|kidnapped|handcuff\w*)['’]?(?: \w+){0,5}? (?:for|in|by|to raise)(?: \w+){0,3}? (?:charity|fundrais\w+|good cause|hospice|money|£\S+)|charity (?:arrests?|jail\w*|lock-?up|kidnap\w*)|(?:thank|thanks|thanked|praise[sd]?) (?:\w+ ){0,3}(?:air ambulance|firefighters|police|paramedics|coastguard|lifeboat)
        """,
        PressEvent.ACHIEVEMENT,
        *PressEvent,
        praise=True,
        beside=True,
    ),
    _undone(
        rf"""
        {STAFF}{GAP}(?:cleared|acquitted|exonerated|reinstated|vindicated)
        (?:cleared|acquitted|exonerated) (?:of|after|by|over|following)|(?:been|is|was|are|were) (?:cleared|acquitted|exonerated)
        (?:found )?not guilty|no case to answer|not impaired|no further action|will not be (?:prosecuted|charged)|no (?:criminal )?(?:proceedings|charges)(?! yet)
        (?:case|charges?|claims?|complaint|prosecution|investigation|allegations?)(?: against \w+(?: \w+){{0,4}})? (?:is |are |was |were |has been |have been )?(?:dropped|dismissed|withdrawn|thrown out|discontinued|rejected|unfounded|closed)
        found no (?:evidence|wrongdoing|case)|(?:back at work|returns? to (?:work|post|role)|suspension lifted|suspension ended) (?:after|following)|wrongly accused|ddieuog|ddi-euog
        (?:tribunal|judge|court) (?:dismisses|rejects|throws out|clears)|(?:loses|lost) (?:\w+ ){{0,3}}(?:tribunal|claim|case) against
        """,
        PressEvent.STAFF,
        PressEvent.TRIBUNAL,
        PressEvent.INJURY,
        PressEvent.WEAPON,
        PressEvent.DISPUTE,
    ),
    _undone(
        r"""
        (?:in|a|an|for|during|fire|lockdown|evacuation|emergency|police|routine|planned|training|breach|bomb|the) (?:'[\w ]+' )?drills?|drills?(?= (?:at|was|next|this|today|went|praised|for|held|hunts?|sees))
        (?:lockdown|evacuation|fire|emergency|invacuation|armed police|rescue|crash|major incident) (?:practices?|exercises?|rehearsals?|tests?|simulations?|scenarios?|training|demonstrations?)|(?:training|live|table ?top|multi-agency|emergency services) exercises?
        (?:practise[sd]?|rehears\w+|simulat\w+|staged?|mock|pretend\w*|fake|re-?enact\w*) (?:a |an |the |their )?(?:\w+ )?(?:lockdown|evacuation|attack|emergency|crash|trial|court|stabbing|disaster|rescue|hostage|crime|inquest|accident|leak)
        mock (?:court|trial|tribunal|inquest|crash)|only a drill|planned drill|ymarfer|pretend(?:ing|ed)? to be
        """,
        PressEvent.WEAPON,
        *PressEvent,
        beside=True,
    ),
    _undone(
        r"""
        hoax(?:es|er)?|prank(?:ed|sters?)?|false alarm|turned out to be|came to nothing|not credible|no credible|nothing (?:suspicious )?(?:was )?found
        """,
        PressEvent.WEAPON,
        PressEvent.CLOSURE,
        PressEvent.INJURY,
        alarm=True,
        beside=True,
    ),
    _undone(
        r"""
        (?:man|woman|youth|teen(?:ager)?|dad|father|mum|mother|driver|burglars?|vandals?|arsonist|thie(?:f|ves)|intruder|gang|boy|girl|parent|stranger|stalker|dealer|raider|hoaxer|pair|trio|drink-driver),?(?: \d\d,?)? (?:[\w'’-]+ ){0,8}?(?:is |was |were |has been |been )?(?:sentenced|jailed|spared jail|given (?:an? )?(?:\w+ )?order|locked up|handed \w+|fined|banned from|detained for|behind bars|pleads guilty|pleaded guilty|admits|admitted)|hoax caller|libel|carer jailed|dyn yn euog
        """,
        PressEvent.WEAPON,
        PressEvent.INJURY,
        PressEvent.TRIBUNAL,
    ),
    _undone(
        r"""
        (?<!not yet )(?<!not been )(?<!not )(?<!yet to be )(?:found (?:safe|alive|well|unharmed)|traced(?= (?:-|by|after|and|in|following)|$|\n)|safe and well|safely home|reunited|back (?:home )?with (?:her|his|their) famil\w+)
        """,
        PressEvent.INJURY,
        PressEvent.WEAPON,
        PressEvent.OTHER,
    ),
    _undone(
        r"""
        (?:out of|com(?:es|ing) out of|exits?|exited|leaves?|leaving|left|lifted (?:out )?(?:of|from)|removed from|freed from|released from|escapes?|shakes? off|sheds?|no longer (?:in|requires?|requiring|subject to|under)|end of|years? after|since|from) (?:\w+ ){0,2}?(?:special measures|inadequate|estyn (?:review|monitoring)|statutory (?:category|follow-up)|intervention|serious weaknesses|restriction order|warning notice)
        (?:special measures|restriction order|warning notice|estyn monitoring|intervention|ban on new pupils) (?:is |are |was |has been |have been )?(?:lifted|removed|ended?|over|no more|withdrawn|at an end)|lifts? (?:\w+ ){0,2}(?:special measures|restriction|ban on)
        (?:judged|rated|graded|found|now|still|stays?|remains?) '?(?:good|outstanding|effective|excellent)'?(?: \w+){0,3}? (?:after|at|following|in|on) (?:a |the |its )?(?:follow-up|return|monitoring|second|repeat|latest) (?:visit|inspection)|'?(?:rapid|strong|significant|clear|sustained|remarkable|impressive|real) progress'?|estyn (?:\w+ )?removes|safeguarding '?(?:is |now )?(?:met|effective)'?
        no longer '?(?:requir\w+ (?:significant )?improvement|inadequate)|now '?(?:good|outstanding)'?|gone up (?:a|one|two) grades?
        (?:turn(?:ed|s)? (?:it |things )?a?round|turnaround|transformed|from (?:'?inadequate'?|special measures|requires improvement) to)
        """,
        PressEvent.INSPECTION,
        PressEvent.CLOSURE,
        praise=True,
    ),
    _undone(
        r"""
        (?:strikes?|walk-?outs?|industrial action|picket|action|ballot|dispute|protest)(?: action| plans?)?(?: at (?:\w+ ){1,4}?)? ?(?:is |are |was |has been |have been )?(?:called off|suspended|averted|cancelled|(?<=is |as )over|over(?=$|\n| as| after)|ends?|ended|postponed|paused|settled|resolved|avoided|off(?=$|\n| as| after))
        (?:will |to |is |has )?retir(?:e|es|ed|ing|ement)\b|(?:call(?:s|ed)?|calling) off (?:\w+ ){0,4}(?:strikes?|walk-?outs?|action)|(?:end|avert|avoid|settle|suspend|cancel|drop)s? (?:\w+ ){0,4}(?:strikes?|dispute|action)|pay deal (?:agreed|reached|ends)|(?:accept|back|agree)(?:s|ed)? (?:\w+ )?(?:pay )?(?:deal|offer)|back in class(?:es)? after
        """,
        PressEvent.DISPUTE,
    ),
    _undone(
        r"""
        (?:bus|route|crossing|library|nursery|pool|lollipop \w+)(?: \w+){0,4}? (?:saved|reprieved|restored|reinstated|kept)
        (?:is |be |been |was |are )?saved(?! (?:by the bell))|reprieve[d]?|stay(?:s|ing)? open|will not (?:shut|close)|won't (?:shut|close)|not (?:be )?clos(?:e|ing)|(?:reject|throw|threw|thrown|scrap|drop|wav(?:e|er))(?:s|ed|n)? (?:out )?(?:\w+ ){0,4}(?:closure|merger|closing|plan)|vot(?:es|ed) against (?:closure|closing)|(?:to|votes to) (?:save|keep)(?! (?:money|cash|costs?|£|up|pace|quiet|on))
        (?:closure|merger)(?: plans?| proposals?| threats?| notices?| bid)? (?:is |are |was |has been |have been )?(?:rejected|dropped|scrapped|shelved|withdrawn|lifted|off the table|off|over|abandoned|ruled out|defeated|quashed)|rescu(?:es?|ed)(?= (?:\w+ ){0,5}(?:college|school|academy|primary|nursery|ysgol))|secures? (?:its |the )?future|secured (?:its|their|the) future|bought out|fight(?:s|ers)? won|won (?:the|their) fight|stays open
        re-?open(?:s|ed|ing)? (?:its |their )?(?:doors|after (?:a )?(?:refurb|makeover|rebuild|revamp|£))
        (?:raac|asbestos|scaffold\w*|mould|cabins?|huts?)(?:-| )(?:free|gone|removed|is gone|all clear)|(?:raac|asbestos|mould|cabins?|huts?) (?:\w+ ){0,6}?(?:gone|torn down|removed|replaced)
        """,
        PressEvent.CLOSURE,
        PressEvent.FUNDING,
        PressEvent.DISPUTE,
        praise=True,
    ),
    _undone(
        r"""
        (?:snow|eira|rhew|ice|icy|storm|weather|amber warning|red warning|heatwave|flood warning|floods?|polling (?:day|station)|inset day|day off|term dates|bank holiday)s?\b|(?:road|street|lane|bridge|car park|footpath|path|pool|shop|pub) (?:to |will )?(?:close[sd]?|shut)|den(?:y|ies|ied) (?:\w+ ){0,4}(?:clos\w+|shut\w*)|(?:fake|false|bogus|no plans) (?:\w+ )?(?:to close|closure|notice)
        """,
        PressEvent.CLOSURE,
    ),
    _undone(
        r"""
        (?:killed|fell|fallen|died|dead|lost|served|bombed|evacuees?)(?: \w+){0,6}? (?:in|of|during|at) (?:the )?(?:(?:first|second|great) world war|ww(?:1|2|i|ii)|somme|d-day|blitz)|war (?:dead|memorial)|remembrance (?:day|sunday|service|garden)|(?:air|bombing) raids? (?:of|in) 19\d\d|bomb disposal (?:veteran|hero|expert)
        """,
        PressEvent.INJURY,
        PressEvent.WEAPON,
        PressEvent.CLOSURE,
        PressEvent.OTHER,
    ),
    _undone(
        r"""
        (?:new|rebuilt|replacement|restored) (?:[\w-]+ ){0,4}?(?:opens?|opened|unveiled|finished|completed|ready|welcomed|built|home)(?: [\w-]+){0,8}? (?:after|since|following|replac\w+) (?:[\w-]+ ){0,3}?(?:fire|blaze|floods?|arson|storm|collapse)|(?:rises?|risen|back) from the ashes|reopen\w* (?:\w+ ){0,5}?years? after|(?:recovers?|recovered|bounce[sd]? back|back (?:online|home)) (?:after|from|following)
        (?:roof|heating|boiler|gas|leak|kitchen|toilets?)(?: \w+){0,4}? (?:repaired|fixed|mended|replaced|restored|back on)|(?:repairs?|works?) (?:\w+ ){0,2}?(?:finished|completed?|done)
        """,
        PressEvent.CLOSURE,
        PressEvent.WEAPON,
        PressEvent.INJURY,
        PressEvent.DATA_BREACH,
        PressEvent.OTHER,
        praise=True,
        beside=True,
    ),
    _undone(
        r"""
        \d{2,3} years ago:|\d{2,3} years ago|from our (?:files|archives?)|from the archives?|nostalgia|remembers|plaque|memorial|centenary|looking back|on this day|memory lane|(?:17|18|19[0-7])\d\d
        """,
        PressEvent.CLOSURE,
        PressEvent.WEAPON,
        PressEvent.OTHER,
    ),
    _undone(
        r"""
        fee freeze|(?:freez\w+|cut\w*|lower\w*|reduc\w+) (?:its |school )?fees|(?:clear|pa(?:y|id)|wipe)(?:s|ed|d)? (?:off )?(?:its |their |the |\w+'s )?(?:\S+ )?(?:debts?|deficit|loans?|last of its)|debt[- ]free|out of the red|debts? (?:cleared|paid off|written off)|deficit (?:cleared|wiped|gone|eliminated)|jobs (?:saved|safe)|cuts? (?:reversed|dropped|scrapped|avoided)|redundancies (?:avoided|withdrawn|off)|back in the black|funding (?:secured|restored|boost)|balanced (?:its )?budget
        """,
        PressEvent.FUNDING,
        PressEvent.DISPUTE,
        praise=True,
    ),
    _undone(
        r"""
        (?:no|not (?:a|any)) (?:personal )?(?:data|records|details|information) (?:breach|was|were|had been)|(?:attacks?|exclusions?|absences?|absence rates?|bullying|suspensions?|truancy|restraints?|seclusion|violence|incidents|lateness|assaults|thefts|vaping|complaints)(?: \w+){0,5}? (?:falls?|fell|down|drop(?:s|ped)?|lowest|halv\w+|to zero|gone|now best|reduced|cut by)|lowest in a decade|(?:cuts?|slash\w*|halv\w+|drives? down) (?:exclusions?|absence|truancy|bullying|suspensions)
        """,
        PressEvent.DATA_BREACH,
        PressEvent.WEAPON,
        PressEvent.DISPUTE,
        PressEvent.OTHER,
        praise=True,
    ),
)

CLEARS = pattern_of(rf"""
    (?:driver|rider|suspect|man|woman|youth|attacker|intruder|person|people|gunman|thief|arsonist|culprit|those (?:arrested|involved))(?:\W+[\w'’-]+){{0,8}}?\W+(?:(?:was|were|is|are|has|had|have) (?:not|never|no)|(?:was|were|is|are|has|had|have)n['’]?t) (?:\w+ ){{0,4}}?(?:staff|{STAFF}|{PUPIL}|parents?|employee|employed|connected|linked|involved|link|connection)
    (?:no|not an?|rule[sd]? out (?:any )?) ?(?:link|connection|involvement|blame|fault) (?:\w+ ){{0,2}}?(?:to|with|of|by|on|attached to) (?:\w+ ){{0,2}}?(?:school|college|academy|staff|{STAFF}|{PUPIL})
    (?:school|college|academy|staff|{STAFF}|driver)(?: \w+){{0,3}}? (?:not to blame|not at fault|blameless)
    nid (?:aelod o staff|athro|athrawes|disgybl|aelod o’r staff) oedd
    """)
"""That somebody is nobody of the school, or not to blame."""

EVACUATED = pattern_of(
    r"(?:had )?sent (?:\w+ )?home|(?:was|were|been) evacuated|evacuat(?:ed|ion) (?:of|at|after)"
)
