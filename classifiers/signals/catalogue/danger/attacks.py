"""Attacks on the school: bombs, fire, shooting, lists of targets, and the creeds that praise them."""

# ruff: noqa: E501 - a pattern has one alternative a line, however long
from __future__ import annotations

from classifiers.signals.rule import Rule, rule
from data.types import Route

_POLICE = Route.POLICE_NOW
_NO_GADGET = r"(?!(?: \w+){0,3} (?:for (?:\w+ )?(?:sign|visitor|pay|scann?|register|print|measur|count)\w*|(?:that|which) (?:counts?|measures?|monitors?|records?|scans?|prints?|checks?|tells?)\b))"
"""Not a machine that says what it is for."""

RULES: tuple[Rule, ...] = (
    rule(
        "bomb_threat",
        "It says that there is or will be a bomb at the school.",
        rf"""
        (?:there'?s|there is|there are|theres|is|got|planted|left|hidden|set) (?:a|an|one|two|three) (?:\w+ )?(?:bombs?|explosives?)
        bombs? (?:in|at|under|inside) (?:the|your|ur|ya|that|reception|assembly|locker|hall)
        bombs? (?:noon|tonight|tomorrow|at \d|\d)
        (?:going to|gonna|will|i'll|we'll) (?:bomb|blow up) (?:the|your|ur|that|this|ya)
        (?:there'?s|there is|theres|planted|left|hidden) (?:a|an) (?:device|explosive) (?:in|at|under|inside|behind) (?:the|your|ur|reception){_NO_GADGET}
        (?:pipe|nail) bombs? (?:in|at|for|ready)
        (?:planted|left|hidden|hid|set|put|placing|planting) (?:\w+ ){{0,3}}(?:bombs?|explosives|a device) (?:in|at|under|inside|behind|beneath|on)
        (?:bombs?|explosives?) (?:will |is going to |are going to |gonna )?(?:goes|go|going|set to go|detonates?|explodes?) (?:off )?(?:at (?:\w+ ){{0,4}}\d+(?:am|pm)?|in (?:your|the|our) (?:school|hall|canteen|gym)|tomorrow|tonight|today|on (?:mon|tues|wednes|thurs|fri)day|when)
        (?:school|academy|college|building|hall|canteen|gym|reception|office) (?:\w+ ){{0,2}}(?:will|is going to|is gonna|gonna) (?:be )?(?:blown up(?! (?:and|to|as|for|large))|blow up|bombed|explode(?! (?:with|in(?:to)?) )|go (?:boom|bang)(?! on bonfire))
        """,
        unless=r"""
        hoax|false|photobomb\w*|unexploded|disposal|drill|joke\w*|rumour|like (?:there'?s |it'?s )?a bomb
        """,
        within=r"""
        balloons?|bouncy|inflat\w*|airbeds?|footballs?|group chat|inbox|bath bombs?|ww[12]|blitz|cherry bomb|glitter|seed bombs?
        quarry|volcano|game|minecraft|valorant|team|play|film|novel|book|history|war|troubles|picture|poster
        (?:hearing|medical|listening|charging|recording|tracking|reading|electronic) device|waiting to (?:go off|happen)|no (?:bomb|device|explosives?)|not (?:a|one) (?:bomb|device)
        """,
        labels=("threat",), severity=4, route=_POLICE, danger=True,
    ),
    rule(
        "fire_threat",
        "It speaks of setting fire to the school, a house or a car.",
        r"""
        (?:burn|torch) (?:it|the (?:school|place|office|building|whole)|that (?:school|place)|your|ur|his|her|their)(?: \w+){0,3}
        (?:burn|torch) (?:him|them|you|u)
        (?:going|goes|go|gan) up in flames
        (?:with|bring(?:ing)?) (?:the |some |my )?petrol(?! (?:station|pump|prices?|costs?|car|money|mower|cap)\b)
        petrol (?:through|and (?:a )?match(?:es)?|is bought|bought|ready|in the)
        set (?:fire to|light to) (?:the|your|his|her|their|that|it)
        set (?:it|him|her|them|you) (?:on fire|alight)
        (?:put|take|hold) (?:a|the) (?:match|torch|lighter) to (?:it|that|the (?:school|place|building|office|whole)|his|her|their|your|ur)
        """,
        unless=r"""
        candles?|bonfire|bunsen|calories|barbecue|bbq|toast|midnight oil|dinner|cakes?|procession|relay|start again
        joke|lol|play|novel|film|book|history|ww[12]|accident|electrical|firefighters?|fire service|crews?|blaze
        boaters|ties|uniforms?|blazers?|homework|reports?
        """,
        labels=("threat",), route=_POLICE, hint=True,
    ),
    rule(
        "shooting_threat",
        "It speaks of shooting people at the school.",
        r"""
        (?:gonna|going to|will|i'll|we'll|im|i'm) shoot(?:ing)? (?:up|the (?:place|school|head\w*|teachers?|pupils|kids|children)|them|every\w*|him|her|you|u|that)(?: \w+){0,3}
        shoot up (?:the|my|our|your|that) (?:school|place|academy|college|primary)
        bring(?:ing)? (?:a|the|my|his|dad'?s|me dad'?s) (?:gun|rifle|pistol|shotgun)
        one bullet(?: each)?
        """,
        unless=r"joke\w*|hoax|rumour|drill",
        within=r"""
        dodged|film\w*|hoops|arcade|pinball|quiz|nerf|water|play|starting pistol|photos?|video|movie|game|scene|messenger|e-?mail|text|message|dm
        drama|novel|book|history|clay|ccf|cadets?|balloons?|paint\w*
        """,
        labels=("threat",), severity=4, route=_POLICE, danger=True,
    ),
    rule(
        "mass_killing",
        "It says that the people at the school will die.",
        r"""
        (?:every(?:one|body)|you'?(?:re| are|ll| will)? all|all of you|they(?:'re| are|'ll| will) all|the (?:whole school|kids|children|teachers|pupils|staff)) (?:\w+ ){0,5}?(?:will|is going to|are going to|is gonna|are gonna|going to|gonna) (?:all )?(?:die|be (?:dead|killed|shot|stabbed|massacred))(?! (?:of|from|laughing|out|in (?:this|the) heat))(?: \w+){0,3} (?:tomorrow|tonight|today|on (?:mon|tues|wednes|thurs|fri)day|at (?:\d|nine|ten|eleven|noon|one|two|three|the gates?)|when|next (?:week|mon|tues|wednes|thurs|fri)\w*|by (?:mon|tues|wednes|thurs|fri|lunch|noon)\w*)
        (?:don'?t|dont|do not|nobody) (?:come|go|be|send (?:your|ur) (?:kids?|children|son|daughter)) (?:in )?(?:to|into|at|in) (?:school|the school|(?:the|your|our) \w+) (?:tomorrow|today|on \w+day|\w+day|next week) (?:if (?:you|u|they|ya) (?:want|value|wanna|like|love|care)|or (?:you|u|they|ya)(?:'ll| will| are|'re)? (?:die|get|be|end))
        (?:i(?:'m|'ll| am| will)|im|we(?:'re|'ll| are| will)) (?:going to |gonna )?(?:kill|shoot|stab|murder|massacre) (?:every ?(?:one|body)|you all|all of (?:you|them)|the (?:whole school|kids|children|pupils|teachers)(?!['’]))
        """,
        unless=r"joke\w*|jk|lol|haha\w*|lmao|laughing|drill|hoax",
        within=r"""
        play|film|novel|book|game|minecraft|fortnite|valorant|paintball|laser ?(?:tag|quest)|macbeth|hamlet|drama|scene|history|titanic|pharaoh|bible|monopoly|uno|board games?|cards|karaoke|darts|bake[- ]off|cringe|embarrass\w*
        with (?:kindness|laughter|cake|boredom|water)|quiz|rounders|dodgeball|netball|football|rugby|exam|test|maths|homework|pe|cross country|bleep test
        """,
        labels=("threat",), severity=4, route=_POLICE, danger=True,
    ),
    rule(
        "target_list",
        "It speaks of a list of people to be hurt.",
        r"""
        (?:kill|death) ?list|hit ?list (?:is |goes |going )?(?:up|out|posted|drops)(?! (?:of|for|there|on (?:the )?charts)\b)
        on (?:the|my|our|his) list\b.{0,80}\b(?:hammers?|knife|blades?|vest|die|dead|bleed)
        list of (?:names|teachers|pupils|kids|people)\b.{0,60}\b(?:kill|hurt|stab|shoot|die|dead)
        """,
        within=r"""
        talent show|silly|accepted|allowed to return|waiting list|reading list|brownies|guest list|bake|party|play|film|novel|book|cast list|bucket list
        """,
        labels=("threat",), severity=4, route=_POLICE, danger=True,
    ),
    rule(
        "extremist_content",
        "It praises, glorifies or recruits for violent extremism.",
        r"""
        1488|14/88|rahowa|rwds|sieg heil
        blood (?:and|&) honou?r
        hitler (?:was right|did nothing wrong|should have (?:finished|won))
        (?<!to )(?:join|bring on|ready for) (?:the |a )?(?:caliphate|jihad|holy war|race war|brotherhood)
        (?:were|are|be) (?:true |brave )?(?:lions|martyrs)\b.{0,60}\b(?:next|finish|follow|who)
        (?:14|fourteen) words\b.{0,80}\b(?:telegram|brothers?|brotherhood|white|our (?:race|people)|channel)
        brothers only\b.{0,60}\b(?:telegram|channel|link)|(?:telegram|channel|link)\b.{0,60}\bbrothers only
        saint (?:tarrant|breivik|roof)
        """,
        unless=r"""
        poem|story|lessons?|history|museum|exhibition|holocaust|prevent|workshop|condemn\w*|removed|cleaned|survivor|training
        reported|assembly|display|book|told off|disgust\w*|play|drama|topic|essay
        """,
        labels=("extremism",), severity=4, route=_POLICE, danger=True,
    ),
    rule(
        "extremist_words",
        "It uses words of violent extremism.",
        r"""
        race war|white power|heil hitler|caliphate|holy war
        """,
        unless=r"""
        lessons?|history|museum|exhibition|holocaust|prevent|workshop|condemn\w*|removed|cleaned|survivor|training
        reported|assembly|display|book|told off|disgust\w*|play|drama|topic|essay|inciting|supporters
        """,
        labels=("extremism",), route=_POLICE,
    ),
)  # fmt: skip
