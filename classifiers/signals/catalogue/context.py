"""What makes hard words harmless: idiom, fiction, lessons, quotation, condemnation, jokes, sport."""

# ruff: noqa: E501 - a pattern has one alternative a line, however long
from __future__ import annotations

import re

from classifiers.signals.rule import PreparedText, Rule, either, pattern_of, rule
from data.types import About, Route

_VIOLENT = ("threat",)


_CALLS = r"""
    must go(?=\W*(?:$|[.!#\n]|now|and|today))|#\w+out
    (?:must|has to|needs? to|have to) (?:resign|step down|quit|be (?:gone|sacked|replaced|removed))
    should(?:'ve| have| of)? been (?:gone|sacked|out|fired|removed) (?:years|months|ages|long) ago
    (?:protest|petition|picket|demonstration|walkout)(?:s|ers?|ing|ed)?
    (?:peaceful|join|joining|our|protest) (?:march|rally|demo|vigil)|we march|marching (?:on|to|against)|march against
"""
_OUT = r"out(?: now)?(?=\s*(?:$|[!#\n]))"
_calls, _out = pattern_of(_CALLS).search, pattern_of(_OUT).search
_somebody_out = re.compile(
    r"\b(?!(?i:get|watch|look|find|check|day|night|help|sold|way|come|coming|take|taken|knock|bring|work|hang|time|keep"
    r"|stay|speak|chill|reach|turn|try|eat|cut|fall|break|burn|move|going|him|her|them|you|miss|lights|kick|throw|put"
    r"|pass|pull|carry|run|ran|went|left|drop|give|hand|print|fill|all|sign|wipe|finish)\b)[A-Z][A-Za-z]{2,} (?:out|OUT)\b"
).search


def _calls_to_go(p: PreparedText) -> bool:
    """Somebody should leave office, or people gather or sign; “out” counts only after a name."""
    return bool(_calls(p.plain) or (_out(p.plain) and _somebody_out(p.text)))


_LOST = r"(?:(?:lost|left|forgot\w*|forgets|loses|ruined|ripped|wrecked|broke|soaked) (?:(?:his|her|another|a|the|yet|my|that) ){1,2}(?:\w+ ){0,2}?(?:kit|coat|jumper|cardi\w*|shoes?|trainers?|plimsolls|blazer|tie|bottle|lunch ?box|homework|bag|book|reading record|phone|glasses|gloves?|hat|scarf|keys|trousers)|(?:third|fourth|fifth|sixth|another) (?:one|coat|jumper|bottle|blazer|pair)|(?:those|that)(?:'s| are| is) (?:my|our) \w+'s|bless (?:him|her|his|her \w+))"
_SWEARS_TO = r"(?:swing for (?:him|her|them)|wring (?:his|her|their) necks?|(?:kill|murder|throttle|strangle|batter|swing for|skin|brain|clobber|leather) (?:him|her|them)(?! (?:with|by|in|at|on) )|have (?:his|her) guts)"
_in_jest = re.compile(
    rf"\b(?:{_LOST}\b[^\n]{{0,140}}?\b{_SWEARS_TO}|{_SWEARS_TO}\b[^\n]{{0,140}}?\b{_LOST})"
).search
_OWN = r"\b(?:my|our) (?:\w+ ){0,2}(?:sons?|daughters?|lads?|lass|boys?|girls?|kids?|child|twins|eldest|youngest|wean|bairn|little (?:one|man))\b|\bbless (?:him|her|them)\b"
_own = re.compile(_OWN).search
_HURT = r"mr|mrs|ms|teacher|head\w*|belts?|bruis\w*|scared|afraid|frightened|knife|punched|kicked|hit (?:him|her|my)|bull(?:y|ied|ies)|tonight|outside|step\w+|tells?|touch\w*|hurts?|cry\w*|nights?|secret|mean it|nothing to lose|(?:when|once|till|until) i (?:get|find|catch)"
_hurt = pattern_of(_HURT).search


def own_child_in_jest(plain: str) -> bool:
    """Does a parent swear to do what is not meant to a child who has lost a coat again?"""
    return bool(_in_jest(plain) and _own(plain)) and not _hurt(plain)


RULES: tuple[Rule, ...] = (
    rule(
        "own_child_in_jest",
        "A parent says in a figure of speech what they will do to their own child.",
        lambda p: own_child_in_jest(p.plain),
        needs=_SWEARS_TO,
        clears=("threat", "safeguarding"), route=Route.NOTE,
    ),
    rule(
        "rivalry",
        "It says in hard words that a team will be beaten.",
        r"""
        (?:we|we'?re|we'?ll|lads|girls|boys|teams?|gonna|going to|to|will) (?:\w+ ){0,2}?(?:batter|hammer|smash|thrash|destroy|annihilate|wipe the floor with)(?:ed|ing)? (?!(?:him|her|them|you|u|it|me|the|my|his|your|a|that|this|mr|mrs|ms|miss|dr|sir|anyone|every\w+|some\w+)\b)\w+(?: \w+)?[^\n]{0,80}? (?:(?:till|til|until) (?:i|we) die|match|cup|derby|league|fixture|kick ?off|final|semis?|away (?:game|day|end))
        """,
        unless=rf"{_HURT}|blades?|bats?|gates?|after school|kids?|year \d+|yr ?\d+|shank\w*|stab\w*|ambulance|hospital",
        clears=_VIOLENT, route=Route.NOTE,
    ),
    rule(
        "idiom",
        "It uses a figure of speech that only sounds violent.",
        r"""
        heads (?:should|must|will|need to|ought to) roll
        kill(?:s|ed|ing)? (?:\w+ ){0,3}(?:love|joy|creativity|curiosity|spirit|confidence|enthusiasm|fun|time|buzz|me|the mood|passion|imagination)
        (?:could|would|'d) (?:murder|kill for) (?:a|an|some|for)
        could (?:have )?killed (?:him|her|them|me) .{0,20}(?:laugh|joking)
        shoot(?:ing)? the messenger|shot (?:in the foot|itself in the foot|themselves in the foot)
        war ?zone|up in arms|death ?trap|blood ?bath|witch ?hunt|lynch mob|firing line|in the firing|stab(?:bed)? in the (?:back|dark)
        thrown under (?:the|a) bus|hung out to dry|dead (?:man|woman) walking|over my dead body|dropped a bombshell|went ballistic
        (?:killed|killing|smashed|slayed|nailed|murdered) it|daylight robbery|criminal (?:that|what|how)|it'?s a crime
        (?:will|gonna|is going to) (?:kill|murder) me (?:if|for|when)|my (?:mum|mam|wife|husband|dad)(?:'s|'ll| is| will)? (?:going to |gonna )?(?:kill|murder) me
        (?:i'?ll|i will|i'm going to|i'm gonna|we'll|we will) (?:riot|scream|explode|cry)|dying (?:of|to|for)|died (?:of|laughing|inside)|bombed (?:in |at |on )?(?:my|the|his|her|their) (?:\w+ )?(?:exams?|tests?|mocks?|paper|interview|audition)|to die for
        """,
        clears=_VIOLENT,
    ),
    rule(
        "fiction_or_play",
        "It speaks of a play, a book, a film or a game.",
        r"""
        (?:school|year \d+|summer|christmas|leavers'?) (?:play|production|show|panto\w*|musical)
        (?:in|of|for|at|after|during) (?:the|their|our|a) (?:play|panto|pantomime|nativity|novel|film|musical|rehearsals?|production|drama club|book)
        in act (?:one|two|three|[1-5])|(?:first|second|final|last) act
        macbeth|hamlet|romeo and juliet|sweeney todd|oliver twist|lord of the flies|of mice and men|an inspector calls|animal farm|hunger games
        drama (?:club|group|piece|exam)|reading (?:club|group)|props?|rehears\w+|minecraft|fortnite|valorant|gta
        """,
        clears=("threat", "self_harm", "extremism", "hate"), hint=True,
    ),
    rule(
        "lesson_or_training",
        "It speaks of a lesson, a talk, a training or a display on the subject.",
        r"""
        (?:lesson|lessons|workshop|assembly|training|exhibition|display|talk|session|module|unit|trip|project|week|day) (?:\w+ ){0,2}(?:on|about|for|in|of) (?:\w+ ){0,4}(?:knife|knives|consent|prevent|radicali\w+|extremism|terror\w*|suicide|self[- ]harm|online safety|grooming|racism|holocaust|war|drugs|weapons?|bombing|blitz|mental health|fgm|abuse)
        (?:knife[- ]crime|prevent|consent|anti[- ]?racism|online safety|safeguarding|first aid|fire|holocaust|remembrance|anti[- ]bullying) (?:\w+ ){0,2}(?:lesson|workshop|assembly|training|talk|week|duty|session|display|exhibition|project|policy|drill|course)
        """,
        clears=("threat", "self_harm", "extremism", "hate", "safeguarding", "sexual"),
    ),
    rule(
        "sport_or_party",
        "It speaks of a match, a party, a bake or a sale in hard words.",
        r"""
        (?:u|under)[- ]?1?[0-9]'?s|fixture|kick[- ]off|(?:at|by|before) (?:half|full)[- ]time|wicket|(?:scored|two|three|four|five|[0-9]) tries|hat[- ]trick|league|trophy|semi[- ]?final|cup final
        (?:rugby|netball|football|hockey|cricket|lacrosse|chess) (?:team|match|club|lads|girls|cup|final|tournament)
        bake sale|cake sale|brownies|bath bombs?|water (?:fight|balloons|pistols)|silly string|leavers'? (?:prank|day|ball)|sponge the teacher|fun ?run
        (?:we'?ll|we will|gonna|going to|to) (?:thrash|hammer|annihilate|destroy|batter|smash) [a-z]+ (?:high|academy|grammar|college|prep|juniors)(?: on (?:\w+day)| in the \w+)?
        """,
        clears=_VIOLENT,
        hint=True,
    ),
    rule(
        "says_it_is_over",
        "It speaks of long ago.",
        r"""
        (?:\d+|twenty|thirty|forty|fifty) years ago|back in (?:the )?(?:19|20)?\d\ds?|in the (?:19)?[4-9]0s|class of (?:19)?[4-9]\d
        """,
        clears=_VIOLENT,
    ),
    rule(
        "calls_to_go",
        "It calls for somebody to go, or for a protest or a petition.",
        _calls_to_go,
        needs=either(f"{_CALLS}\n{_OUT}"),
        unless=r"""
        kill\w*|stab\w*|shoot\w*|shot|burn\w*|torch\w*|petrol|knife|knives|gun|bomb\w*|acid|blood|bleed|dead|die|hang|hurt|smash\w*
        (?:his|her|their|your) (?:house|home|door|car|drive|kids|family)|cars?|crowbars?|bats?|hammers?|axe|lives|or else|hunt|masks?|weapons?
        suffragettes?|history|lesson|topic|novel|museum
        """,
        clears=("threat", "harassment"),
        route=Route.RESPOND,
    ),
    rule(
        "opinion_only",
        "It is an opinion or a complaint, however harsh.",
        r"""
        worst (?:head|school|teacher|headteacher|sendco|office|communication)|(?:a|absolute|complete|total|utter) (?:joke|shambles|disgrace|farce)
        (?:should|needs to|ought to) (?:be sacked|resign|go|step down|be replaced)|gaslit|fobbed off|not fit for purpose
        (?:formal )?complaint to (?:ofsted|estyn|the governors|the council|the trust|the la)|speak(?:ing)? to (?:a|my|our) solicitor
        """,
        clears=("harassment", "defamation"),
        route=Route.RESPOND,
        hint=True,
    ),
    rule(
        "opinion_of_head",
        "It is an opinion of the head.",
        r"""
        (?:worst|best|useless|hopeless|terrible|awful|clueless|fantastic|brilliant|great|wonderful|rude|arrogant) (?:\w+ ){0,2}(?:head(?:teacher|master|mistress)?|heidie|principal)(?! (?:of|start|lice))
        (?:the|our|this|new|your) (?:new |current |acting )?(?:head(?:teacher|master|mistress)?|heidie|principal)(?:'s| is| at [a-z ]{2,30}?(?: is)?) (?:a |an |just |so |absolutely |totally |completely )*(?:useless|hopeless|joke|disgrace|clueless|rude|arrogant|fantastic|brilliant|wonderful|amazing|lovely|bully|liar|nightmare|tyrant|legend|star)
        """,
        unless=r"heads? of (?:year|maths|english|department|sixth)|deputy|assistant head",
        about=About.HEAD,
    ),
)  # fmt: skip
