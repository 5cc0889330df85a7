"""Threats to harm a person or the school, said outright or veiled."""

# ruff: noqa: E501 - a pattern has one alternative a line, however long
from __future__ import annotations

import re

from classifiers.signals.rule import PreparedText, Rule, either, pattern_of, rule, sentence_of
from data.types import Route

_POLICE = Route.POLICE_NOW
_SHORT_WORDS = 90
_VERY_SHORT_WORDS = 25
_TWO = 2

_TARGET = either(r"""
    mr|mrs|ms|miss|sir|dr
    head|heidie|headteacher|headmaster|headmistress|teachers?|ta|caretaker|governors?|staff
    him|her|them|you|u|ya|yous?|ye
    school|academy|college|kids?|pupils?
""")
_WILL = either(r"""
    i(?:'m| am|'ll| will|'m gonna)
    im|ill|i'm|imma|ima
    we(?:'re|'ll| are| will)
    gonna|going to|goin to|gan tae|gunna
    my (?:lads|boys|brothers|cousins|mates|dog)
    somebody (?:should|needs to|will)
""")
_ACT = either(r"""
    kill(?:ed|ing)?|stab(?:bed|bing)?|shank(?:ed)?|shoot(?:ing)?|shot|murder(?:ed)?
    burn(?:s|t|ed|ing)?|torch(?:ed|ing)?|batter(?:ed)?|slash(?:ed|ing)?|strangle
    blow(?:n|s|ing)? (?:it |the \w+ |this \w+ )?up
    smash (?:his|her|their|your|ur|him|them)
    break (?:his|her|their|your|ur) (?:legs|neck|jaw|fingers|arms|face)
    (?:hang|end|gut|bury|drown|lynch) (?:him|her|them|you|u)
    run (?:him|her|them|you) over
    slit (?:his|her|their|your|ur)
    cut (?:him|her|them|you|his throat|her throat|your throat)
    finish (?:him|her|them|you) off
    (?:get|gets|getting) (?:shot|stabbed|dipped|torched|burned)
    leav(?:e|es|ing) in a (?:bag|box|coffin|body bag)
    (?:he|she|you|u|they)(?:'s|'re| is| are)? (?:dead|finished|done for|a dead (?:man|woman))
""")
_MEANS = either(r"""
    petrol|lighter|acid|knife|knives|blades?|machete|gun|pistol|rifle|shotgun|crossbow|bullets?
    hammers?|crowbar|axe|baseball bat|bat|bombs?|pipe bomb|explosives?|rope|match(?:es)?
""")
_EMOJI_MEANS = re.compile("[🔪🔫💣🧨🗡]")
_WHEN = either(r"""
    tonight|tomorrow|tmrw|tmr|2moz|tomoz|2nite
    (?:mon|tues|wednes|thurs|fri|satur|sun)days?
    \d{1,2}(?:[.:]\d\d)? ?(?:am|pm)|\d{1,2}[.:]\d\d|noon
    home ?time|at the bell|next week|after school|on the way home|results day
""")
_KNOWS = either(r"""
    where (?:he|she|they|you|u|ya|yous) (?:all )?(?:lives?|parks?|sleeps?|drinks?|walks?|goes)
    (?:finishes|leaves|gets off|walks|cycles|gets the bus) (?:\w+ ){0,6}(?:on (?:her|his|their) own|alone|by (?:herself|himself))
    (?:he|she) (?:always |usually )?(?:finishes|leaves|gets off|walks home|gets the bus) (?:\w+ ){0,3}(?:at \d|every)
    (?:your|ur|his|her|their) (?:house|gaff|drive|car|reg|back door|back gate|front door|bedroom|route|motor)
    (?:follow|followed|following|watched|watching) (?:him|her|them|you|u)
    waiting (?:for (?:him|her|them|you|u|mr|mrs|ms|miss)|outside|at the (?:\w+ )?gates?)
    waits? (?:for|outside) (?:him|her|them|you|u|mr|mrs|ms|miss|the (?:\w+ )?gates?|school)
    on (?:her|his|your|ur) own in the dark
    outside (?:your|ur|his|her|their|yours|hers) (?:house|home|window|work|gaff)
    at the (?:\w+ )?gates? (?:for|with|waiting|tomorrow|tonight)
""")
_OURS = r"(?:(?:my|our|ma) (?:\w+ ){0,2}?(?:kids?|child(?:ren)?|weans?|bairns?|boys?|girls?|lads?|lass|son|sons|daughters?|sister|brother|wife|husband|mum|mam|mother|family|grand\w+)|me|us)"
_CLOSE_TO = rf"(?:(?:com|go)(?:e|es|ing)? (?:any ?where )?near|(?:gets?|got) near|touch(?:es|ed)?|lays? (?:a (?:hand|finger)|hands?) on|look(?:s|ed)? (?:sideways )?at|speaks? to|spoke to|talks? to|shouts? at|shush\w*|picks? on|mess(?:es)? with|starts? on|upsets?|hurts?|goes for|puts? (?:his|her|their|your) hands? on) {_OURS}"
_WARNS = rf"""
    {_CLOSE_TO}
    (?:next time|when|if) (?:i|we) (?:ever |next )?(?:see|catch|find|get hold of|run into) (?:him|her|them|you|u|that|mr|mrs|ms|miss|the (?:head\w*|teacher|caretaker|ta))
    if (?:they|you|he|she|yous?|ye|(?:the|that|this) (?:school|head\w*)) (?:\w+ )?(?:exclude|suspend|expel|ban|report|ring|phone)s? (?:him|her|me|us|them|my \w+|our \w+) again
    one more (?:word|letter|time|call|e-?mail|detention|phone call|text|lie) (?:\w+ ){{0,8}}and
    had better not (?:be|come|show|try|turn)|better not (?:be|show|turn up|come)(?: \w+){{1,10}} or
"""
_WHO = r"(?:him|her|them|you|u|ya|mr \w+|mrs \w+|miss \w+|ms \w+|that (?:\w+ )?(?:head\w*|teacher|man|woman|caretaker|ta)|the (?:head\w*|teacher|caretaker|ta))"
_SHALL = r"(?:i(?:'ll| will|'m going to| am going to|'m gonna|m gonna)|im (?:going to|gonna)|ill|imma|we(?:'ll| will|'re going to| are going to)|(?:his|her|my) (?:dad|brothers?|husband|partner|lads|cousins?) will)"
_HARMS = rf"""
    (?:he|she|they|you|u|yous)(?:'s|'re)? ?(?:will|is|are)? ?(?:not|never|won'?t|n'?t|wont) (?:be )?(?:going to )?(?:walk(?:ing)?|mak(?:e|ing) it|get(?:ting)?|go(?:ing)?) (?:home|out|away|again)(?! (?:with|alone|by (?:him|her)|on (?:his|her) own|until|till|for))
    (?:he|she|they|you|u|yous)(?:'ll| will|'s| is|'re| are| r)? (?:be )?(?:\w+ )?(?:going|goin|gonna|leav\w+|end\w*|wak\w+|straight|off|carried)(?: up| out| be)? (?:to |in |into |inside )(?:a |an |the )?(?:\w+ )?(?:hospital|a&e|ambulance|icu|intensive care|body ?bag|coffin|wooden box|wheelchair|morgue|grave)
    {_SHALL} (?:\w+ )?(?:put|send|throw|launch) (?:{_WHO}|his head|her head|your head) (?:through (?:that|the|a|his|her|your) (?:\w+ )?(?:wall|window|door|glass|windscreen)|in(?:to)? (?:a |the )?(?:hospital|ground|a&e|(?:wooden )?box(?! \w)|coffin|grave|wheelchair|ambulance))
    {_SHALL} (?:\w+ )?(?:knock|kick|punch|smash|cave|bash|put) (?:his|her|your|ur|their) (?:\w+ )?(?:teeth|head|face|jaw|lights|skull|block|nose|legs)
    {_SHALL} (?:\w+ )?(?:knock|lay) {_WHO} (?:out|spark out|into next week|down|clean out)
    {_SHALL} (?:\w+ )?(?:break|snap|smash|cut|slit) (?:his|her|your|ur|their|every) (?:\w+ )?(?:legs?|neck|jaw|fingers?|arms?|face|nose|hands?|bones?|ribs|kneecaps|throat)
    {_SHALL} (?:\w+ )?(?:kill|stab|batter|bury|deck|shoot|punch|strangle|hospitalise|end|drown|hurt|finish|lamp|chin|run over|swing for) {_WHO}
"""
_warns, _harms = (pattern_of(lines) for lines in (_WARNS, _HARMS))
_NOT_MOANED = r"(?! if (?:there(?:'s| is)|theres|they have|we have|i see) (?:another|one more) (?:non|no|mufti|dress|own|world|odd|costume|bake|cake|quiz|raffle|inset)\b)"
"""Not what is said of one more dressing-up day."""
_HELD_UP = r"(?:snow\w*|ic[ey]|flood\w*|flights?|trains?|traffic|roads?|ferry|stuck|delay\w*|storm|weather|strikes?|late|working|for (?:tea|dinner|bedtime)|parents'? evening)\b"
"""Why somebody may be late who is in no danger."""
_in_jest = pattern_of(r"""
    lol|haha\w*|lmao|jok(?:e|es|ing)|tickle|hugs?|kiss(?:es)?|honey|in the (?:play|panto|film|novel)|minecraft|fortnite|roblox|said in the (?:play|film)
    cake|chocolate|biscuits?|chess|snap|uno|with thanks|insurance|insured
    allerg\w*|peanuts?|if (?:the|a|that|this|your|any) (?:\w+ )?(?:dog|cat|wasp|bee|ball) (?:\w+ ){1,6}(?:he|she|they)|bleep test|in the (?:cup|league|final)
    """).search
_BETWEEN = 100
"""A condition and what would follow stand within so many characters of each other."""


def _conditional_threat(p: PreparedText) -> bool:
    """What somebody will do to a person if they do something, or do it again."""
    warnings = [hit.span() for hit in _warns.finditer(p.plain)]
    harms = [hit.span() for hit in _harms.finditer(p.plain)] if warnings else []
    return any(
        -_BETWEEN <= harm[0] - warning[1] <= _BETWEEN
        and not _in_jest(sentence_of((min(harm[0], warning[0]), max(harm[1], warning[1])), p.plain))
        for warning in warnings
        for harm in harms
    )


_target, _will, _act, _means, _when, _knows = (
    re.compile(pattern).search for pattern in (_TARGET, _WILL, _ACT, _MEANS, _WHEN, _KNOWS)
)
_harmless = pattern_of(r"""
    play|drama|rehearsal|panto\w*|nativity|novel|chapter|film|scene|stage|theatre|actor|script|book
    history|museum|tudor|ww[12]|remembrance|lesson|workshop|exhibition|display|topic
    bath bombs?|cakes?|brownies|bake|stall|raffle|quiz|recipe|toast|bbq|barbecue
    fixture|under[- ]?\d+s?|league|cup|trophy|lacrosse|rugby|netball|football|cricket|hockey|chess|goals?
    drill|hoax|false alarm|court|sentenced|jailed|convicted|arrested|charged with
    minecraft|fortnite|valorant|game|gaming|joke|joking|lol|haha|figure of speech
    (?:till|til|until) (?:i|we) die|calories|candle|bonfire|bunsen|disco|concert|choir|balloons?|water (?:fight|pistols?|balloons?)
    """).search


def _has_target(p: PreparedText) -> bool:
    return bool(_target(p.plain))


def _parts(p: PreparedText) -> int:
    """How many of means, time and knowledge of movements are in the text."""
    means = bool(_means(p.plain) or _EMOJI_MEANS.search(p.plain))
    return means + bool(_when(p.plain)) + bool(_knows(p.plain))


def _plain_threat(p: PreparedText) -> bool:
    """Somebody says they will; an act, a target, and at least one more part."""
    if p.words > _SHORT_WORDS or _harmless(p.plain):
        return False
    return bool(_will(p.plain) and _act(p.plain) and _has_target(p)) and _parts(p) >= 1


def _full_threat(p: PreparedText) -> bool:
    """As above with two more parts, and nothing that makes it harmless."""
    return p.words <= _SHORT_WORDS and not _harmless(p.plain) and _words_of_a_threat(p)


def _words_of_a_threat(p: PreparedText) -> bool:
    """All parts of a threat, in a text of any length, whatever else it holds.

    A very short text need not say who will do it. With a means, a time and a place together, the act needs no
    word either.
    """
    if _parts(p) < _TWO:
        return False
    said = p.words <= _VERY_SHORT_WORDS or _will(p.plain)
    done = _act(p.plain) or _parts(p) > _TWO
    return bool(said and done) and _has_target(p)


def _veiled_threat(p: PreparedText) -> bool:
    """No act is mentioned, but the writer knows somebody's movements, and a means or a time is beside a
    target.
    """
    if p.words > _SHORT_WORDS or _harmless(p.plain) or not _knows(p.plain):
        return False
    return _has_target(p) and _parts(p) >= _TWO


RULES: tuple[Rule, ...] = (
    rule(
        "threat_in_full",
        "Somebody says what they will do to a person or the school, with a means, a time or a place.",
        _full_threat,
        needs=f"{_ACT}|{_KNOWS}",
        labels=("threat",), severity=4, route=_POLICE, danger=True, bare=_words_of_a_threat,
    ),
    rule(
        "threat_in_part",
        "Somebody says that they will hurt a person or the school.",
        _plain_threat,
        needs=_ACT,
        labels=("threat",), route=_POLICE, hint=True,
    ),
    rule(
        "threat_veiled",
        "It mentions a person's home, car or movements together with a time or a way to harm them.",
        _veiled_threat,
        needs=_KNOWS,
        labels=("threat",), route=_POLICE, hint=True,
    ),
    rule(
        "threat_on_condition",
        "It says what will be done to a person if they do something, or do it again.",
        _conditional_threat,
        needs=either(_HARMS),
        labels=("threat",), severity=4, route=_POLICE,
    ),
    rule(
        "threat_in_person",
        "The writer says that they will kill or stab somebody, come armed, or burn the school down.",
        rf"""
        (?:i(?:'m| am)|im) (?:\w+ ){{0,1}}?(?:going to|gonna) (?:kill|stab|shank|shoot|murder|strangle|behead|slit|stamp on|knife) (?:mr|mrs|ms|miss|dr|sir|the (?:head\w*|deputy|teachers?|caretaker|principal|governors?|receptionist|ta)|that (?:head\w*|teacher|man|woman|caretaker)){_NOT_MOANED}
        (?:mr|mrs|ms|miss|dr|that) \w+ (?:will not|won'?t|isn'?t going to|is not going to) (?:make it|get|be getting|be walking|walk) home (?:tonight|today|tomorrow|alive|in one piece)(?![^.!?\n]{{0,80}}\b{_HELD_UP})
        (?:i(?:'ll| will)|ill|we(?:'ll| will)) (?:\w+ )?(?:stab|shank|shoot|murder|behead|knife) (?:mr|mrs|ms|miss|dr|sir|the (?:head\w*|deputy|teachers?|caretaker|principal|governors?|receptionist|ta)|that (?:head\w*|teacher|man|woman|caretaker))
        (?:i(?:'ll| will|'m going to| am going to|'m gonna)|im (?:going to|gonna)|we(?:'ll| will|'re going to|'re gonna)) (?:burn|torch) (?:down )?(?:the|that|this|your|ur) (?:\w+ )?(?:school|academy|college|building|place|primary)(?: \w+){{0,2}}? (?:down|to the ground|tonight|tomorrow|at|on|this)
        (?:i(?:'ll| will)?|im|i'm|we(?:'ll| will)?) (?:be )?(?:\w+ ){{0,4}}(?:at|outside|by) (?:the|your|ur) (?:\w+ )?(?:gates?|school|entrance|car park|doors?) (?:\w+ ){{0,4}}with (?:a|an|my|the|me) (?:\w+ )?(?:knife|gun|shotgun|bat|blade|machete|hammer|petrol|acid|axe|crowbar|sword)
        """,
        unless=r"lol|haha\w*|lmao|jok(?:e|es|ing)|jk|😂|🤣|hoax|figure of speech",
        within=r"""
        play|panto\w*|film|novel|book|lyrics?|scene|macbeth|caesar|drama|costume|props?|rehears\w*|photos?|photograph\w*|portraits?|videos?|email|message|question|look|minecraft|fortnite|game|history|museum|re-?enact\w*|foam|plastic|inflatable|cake|bunsen
        over (?:a|the) (?:copy|list|form|link|draft)|nails|screws|bat (?:detectors?|box\w*)|mower|strimmer|place mats?|school guy
        chess|cards|darts|uno|monopoly|fifa|cricket|rounders|baseball|softball|diy|stalls?|raffle|relay|olympic|procession|calories|snow(?: day)?
        """,
        labels=("threat",), severity=4, route=_POLICE,
    ),
    rule(
        "threat_where_you_live",
        "It tells a person that somebody knows where they live or park.",
        r"""
        (?:i|we) (?:all )?(?:know|no) (?:exactly )?where (?:you|u|ya|he|she|they) (?:lives?|parks?|sleeps?)
        (?:i|we) (?:know|no) (?:your|ur) (?:address|reg|car|house)
        (?:i|we)(?:'ve)? (?:have|got|have got) (?:your|ur) (?:home address|address|reg|number ?plate)
        """,
        unless=r"""
        bus|catchment|admissions?|lost property|parcel|raffle|lift|on file|records?|update\w*|details|envelope|deliver\w*|order|booking
        """,
        labels=("threat",), severity=4, route=_POLICE, danger=True,
    ),
    rule(
        "menace",
        "It menaces: a last warning, a count-down, somebody waiting or watching outside.",
        r"""
        last (?:warning|chance)|tick ?tock|days (?:are|r) numbered|(?:you|u|yous|youse)(?:'ve| have|ve)? (?:all )?been warned
        (?:sat|sitting|parked|stood|standing|been|waiting) (?:outside|ootside) (?:number|your|ur|yours|his|her|hers)
        (?:i|we)(?:'ve| have)?(?: got)? (?:everything|what) (?:i|we) need
        (?:you|she|he|they)(?:'ll| will) (?:all )?(?:regret|pay for (?:this|it|that|what)|remember (?:me|my (?:name|face)))
        (?:shame|pity) if (?:\w+ ){1,5}(?:caught fire|went up in (?:flames|smoke)|happened to (?:him|her|you|them|it|his|your|their|mr|mrs|ms|miss)|got (?:burnt|burned|smashed|slashed|torched|bricked|hurt))
        (?:there(?:'ll| will) be|gonna be) blood on (?:the|your|their|those)|sleep with one eye open|hope (?:you|u|he|she) likes? hospital food|(?:won'?t|wont|not) be (?:smiling|laughing|so smug|so brave) (?:when|after|once|then|tomorrow|at|much longer)
        (?:when|once|after|by the time) (?:i|we)(?:'m| am|'re| are|'ve| have|ve|m)? (?:done|finished|through) with (?:him|her|them|you|u|that \w+|mr|mrs|ms|miss|dr)
        wait (?:till|until|til) (?:i|we) (?:see|catch|find|get hold of|get my hands on|get) (?:him|her|you|u|them|mr|mrs|ms|miss|dr|that (?:head|teacher|ta))(?= (?:\w+ )?(?:on (?:his|her|their|your|my) own|alone|outside)|\W*$|[.!])
        (?:tell|warn) (?:him|her|them|mr|mrs|ms|miss|dr|the head|that \w+)(?: \w+)? (?:that )?(?:i'm|im|we're|i am|we are) (?:coming for|coming after|waiting for|outside)
        (?:end up|find (?:him|her|them|(?:mr|mrs|ms|miss|dr) \w+)|be found) (?:\w+ )?in (?:a|the) (?:ditch|skip|canal|shallow grave|boot of)
        (?:eating|drinking|fed|feed) through a straw|pick(?:ing)? up (?:your|his|her) teeth
        """,
        unless=r"""
        (?:sat|sitting|stood|standing|been|waiting) outside (?:his|her|your) (?:office|classroom|room|lesson)
        pay for (?:it|that) (?:myself|ourselves|themselves|out of)|when (?:he|she|they|you) (?:sees?|gets?|hears?) (?:the|that|this|his|her|your) (?:\w+ )?(?:bill|invoice|cost|price|weather|results?|marking|bank)|last chance to (?:book|buy|see|order|get|sign|enter|register)|sale|tickets?|raffle|ofsted|revision|exam
        """,
        labels=("threat",), severity=3, route=_POLICE,
    ),
    rule(
        "call_to_harm",
        "It calls on others to go to somebody's home or to hurt them.",
        r"""
        pay (?:him|her|them) a (?:wee |little )?visit
        (?:who'?s|who is) coming (?:round|with me|to (?:his|hers?|theirs))
        should be (?:strung up|lynched|shot) (?:outside|at|in front)
        (?:needs|wants|need) (?:his|her|their) (?:\w+ )?(?:legs|kneecaps|jaw|face|windows?) (?:breaking|broken|smashing|put in)
        (?:get|go|gan|pop|nip) round (?:there|to (?:his|hers?|theirs)|and (?:tell|show|ask|see) (?:him|her|them))
        """,
        unless=r"""
        open (?:day|evening|morning)|fundrais\w*|coffee|picnic|quiz|march|petition|meeting|figure of speech|flowers|card
        """,
        labels=("threat",), severity=3, route=_POLICE,
    ),
    rule(
        "should_be_killed",
        "It says that a person should be killed; often a figure of speech, and not always.",
        r"""
        (?:should|needs? to|deserves? to|ought to|wants?(?: to)?) be (?:shot|hung|hanged|executed|exterminated|put down|gassed|beheaded|drowned|stabbed|stoned|blown up|burned alive)
        """,
        unless=r"""
        on the wall|in the (?:gallery|hall|frame)|sermon|saints?|st \w+|martyr\w*|guinea pig|hamster|picture|painting|photo|film|play|scene|video
        """,
        labels=("threat",), route=_POLICE,
    ),
)  # fmt: skip
