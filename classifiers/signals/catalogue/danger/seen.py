"""What somebody sees or has just heard of: an armed person, somebody hurt, a fire, a child taken or photographed."""

# ruff: noqa: E501 - a pattern has one alternative a line, however long
from __future__ import annotations

from classifiers.signals.rule import Rule, either, rule
from data.judged import CHILD_WORDS as _CHILD
from data.types import About, Route

_SOMEBODY = r"(?:m[ae]n|blokes?|guys?|wom[ae]n|lads?|boys?|girls?|kids?|teenagers?|youths?|dads?|mums?|parents?|pupils?|students?|someone|somebody|person|people|nutter|weirdo|stranger|teacher|child|daughter|son|brother|sister|year \d+s?|y\d+s?|he|she|they|masked \w+|gang)"
_ARMS = r"(?:knife|knives|machetes?|guns?|shotgun|rifle|pistol|handgun|crossbow|axe|sword|samurai sword|baseball bats?|crowbar|hammer|bats|blade|meat cleaver|cleaver|chainsaw|petrol can|bow and arrow|weapons?|acid)"
_HOLDS = r"(?:with|has|had|have|holding|carrying|waving|wielding|swinging|brandishing|armed with|pulled|pulling|pulled out|pointing|got|hiding|shouting with)"
_HERE = r"(?:school|gates?|playground|playing fields?|car park|reception|corridor|entrance|classroom|site|canteen|hall|outside|inside|in here|right now|just now|lockdown|locked in|armed police|drop ?off|pick ?up|pickup|(?:at|on) break|lunch ?time|mufti|bus stop|fence)"
_OLD = r"""
    play|panto\w*|film\w* (?:set|crew|star)|movie|novel|book|story|scene|drama|macbeth|costume|dressed up|dressing up|fancy dress|world book day|halloween|re-?enact\w*|viking|knights?|tudors?|pirates?|statue|painting|poster|mural|museum|history|ww[12]|remembrance
    game|gaming|minecraft|fortnite|roblox|gta|nerf|water|toy|plastic|foam|bubble|glue|spud|starting|speed|paint|laser|clay|air rifle club|archery|cadets?|fork|cake|butter|bread|cheese|kitchen|chef|carving|craft|diy|nails|shed|lumberjack|scouts?|bushcraft
    fix(?:es|ed|ing)|repair\w*|trees?|builders?|workm[ae]n|gardener|caretaker|police officer|armed forces|soldiers?
    years? ago|last year|last (?:week|month|term)|in (?:19|20)\d\d|back in|jailed|sentenced|convicted|court|trial|charged|inquest|anniversary|vigil|in memory|memorial|charity|lesson|assembly|workshop|talk on|drill|hoax|false alarm|rumours?|turned out|nothing in it|joke|lol|haha\w*|photo|netflix|episode|news from|in america|in the us|lyrics?|song|dream\w*|nightmares?|what if
    """
_NOT_SO = r"""
    no (?:stabbing|shooting|shooter|active shooter|gunm[ae]n|weapons?|knife)|(?:wasn'?t|was not|isn'?t|not) (?:a|an|any|true)|was there|untrue|calm down|stop sharing|over now|false alarm|hoax|rumours?|rubbish
    bb gun|popped|coach|episode|take \d|watched|detective|avoid|happened|in (?:19|20)\d\d|put it about|in prison|prison|in custody|gangs?|in stable condition|😂|🤣|lol|haha\w*
    """
_A_CHILD = rf"(?:(?:a|an|the|my|our|his|her|their|some|two|three|young|little|wee|another|someone's|somebody's|\w+'s|year \d+|primary|school|those|these|all) ){{0,3}}{_CHILD}"

RULES: tuple[Rule, ...] = (
    rule(
        "weapon_seen",
        "Somebody is said to be at or near the school with a weapon.",
        rf"""
        {_SOMEBODY}(?: [a-z']+){{0,8}}? {_HOLDS} (?:up |out |around |about )?(?:balaclavas and )?(?:a|an|the|his|her|some|two|what looks like an?) (?:[a-z-]+ ){{0,2}}?{_ARMS}(?=[^.!?\n]{{0,80}}\b{_HERE}\b)
        {_HERE}\b[^.!?\n]{{0,60}}? {_SOMEBODY}(?: [a-z']+){{0,5}}? {_HOLDS} (?:up |out |around |about )?(?:a|an|the|his|her|some|two|what looks like an?) (?:[a-z-]+ ){{0,2}}?{_ARMS}
        {_SOMEBODY} (?:\w+ ){{0,3}}?(?:in|inside|outside|at) (?:the|our|this) (?:\w+ ){{0,2}}?(?:school|playground|gates?|car park) (?:\w+ ){{0,2}}?with (?:a|an) (?:\w+ )?{_ARMS}
        {_HOLDS} (?:up |out )?(?:a|the) (?:\w+ )?{_ARMS} (?:on|at|to) (?:a|the|his|another|one of the) (?:\w+ )?(?:teacher|head|ta|pupil|child|kid|boy|girl|staff|throat)
        gunm[ae]n (?:\w+ ){{0,4}}?(?:in|at|outside|near|inside|on) (?:the )?(?:school|grounds|site|building|playground|roof|lane)
        active shooter|shooter (?:in|at|on) (?:the )?(?:school|site|building|grounds)
        (?:shots?|gunshots?|gunfire) (?:have been |has been |were |was |being |just )?(?:fired|heard)(?: \w+){{0,4}}? (?:the )?(?:school|gates?|playground)
        bomb threat (?:has been |was |just )?(?:made|called|sent|phoned|against|at|to)
        """,
        needs=either(rf"(?: |-){_ARMS}|gunm[ae]n|shooter|shots? (?:fired|heard|have|were|was|been|being|just)|gunshots?|gunfire|bomb threat"),
        unless=_NOT_SO,
        within=_OLD,
        labels=("threat",), severity=4, route=Route.POLICE_NOW,
    ),
    rule(
        "attack_seen",
        "Somebody is said to have just been stabbed, shot or badly hurt at or near the school.",
        rf"""
        {_SOMEBODY}(?:'s| is| was| has| have| had| got| been| just| being| getting| apparently| already)* (?:stabbed|shot|knifed|slashed|shanked|acid attacked|petrol bombed|set on fire|set alight)(?! (?:of|at (?:the )?goal|for|hoops|in the (?:back|foot)|from|\d|with (?:a|the) (?:camera|phone)))[ ,;:-][^.!?\n]{{0,80}}?\b(?:{_HERE}|ambulance|bleeding|blood|by a|tonight|today|this (?:morning|afternoon))
        {_HERE}\b[^.!?\n]{{0,60}}? {_SOMEBODY}(?:'s| is| was| has| have| had| got| been| just| being| apparently)+ (?:stabbed|shot|knifed|slashed|shanked|set on fire)
        {_CHILD}(?:'s| is| was| has| got| been| just)+ (?:knocked (?:down|over)|run over|hit by a (?:car|van|bus))(?! (?:by a (?:bike|dog|wave)))[ ,;:-][^!?\n]{{0,60}}?\b(?:not moving|isn't moving|unconscious|ambulance|bleeding|blood)
        {_SOMEBODY}(?:'s| is| was| has been| is just)? on fire(?! (?:in|with|at|for|today|this season|as|tonight|lately|and)\b)
        (?:stabbing|shooting) (?:just )?(?:outside|at|in|near) (?:the )?(?:school|gates?|playground|car park)
        """,
        unless=_NOT_SO,
        within=_OLD,
        labels=("threat",), severity=4, route=Route.POLICE_NOW,
    ),
    rule(
        "fire_seen",
        "The school is said to be on fire.",
        r"""
        (?:school|building|roof|hall|gym|kitchen|classroom|block|science lab|boiler room|nursery|canteen|portakabin|bike shed)(?:'s| is| are)? (?:actually |literally )?(?:on fire|alight|ablaze|burning down)(?! (?:with|in the|this (?:term|year|season)|at the moment|for|lately|right now with))
        (?:smoke|flames) (?:is |are )?(?:pouring|coming|billowing|shooting) (?:out of|from|up from) (?:the|our|that) (?:\w+ ){0,3}?(?:school|roof|hall|gym|kitchen|building|block|windows?|classroom)
        """,
        within=_OLD + r"""
        bbq|barbecue|bonfire|dance\w*|choir|sang|team|fundrais\w*|chimney
        """,
        labels=("safeguarding",), severity=4, route=Route.SAFEGUARDING,
    ),
    rule(
        "child_taken",
        "A child is said to have been taken, or somebody to have tried, or nobody knows where the child is.",
        rf"""
        (?:m[ae]n|bloke|stranger|wom[ae]n|somebody|someone|guy|dad|father|mum|mother|ex|driver|van|car|he|she|they)(?:'s|'ve| has| have| just| literally)* (?:taken|snatched|grabbed|abducted|kidnapped|dragged|bundled|took) {_A_CHILD}(?!['’]s? (?!been)) (?:\w+ ){{0,3}}?(?:from|outside|at|off|away from|in|into|and put \w+ in(?:to)?) (?:the |a |his |her |their )?(?:\w+ )?(?:school gates?|school|gates?|playground|car|van|boot|nursery|pick ?up)(?! (?:trip|photo|council|play|bus))
        (?:m[ae]n|bloke|stranger|wom[ae]n|somebody|someone|guy|driver|car|van)(?:'s|s)?(?: [a-z']+){{0,8}}? (?:tried|trying|attempted|attempting) (?:to|and) (?:snatch|grab|abduct|kidnap|lure|take|drag|get|entice|pull) {_A_CHILD}(?!['’])(?! (?:out of (?:the|a) (?:river|road|pool|water|way)|clear|to safety|to (?:join|try|eat|sign|vote|read)))
        {_A_CHILD}(?:'s| has| have| been| was| is| being| just| got)+ (?:snatched|abducted|kidnapped|taken by (?:a|his|her|their|some) (?!bus|coach|ambulance|surprise|storm|taxi)\w+)
        {_A_CHILD} (?:never|didn't|hasn't|has not|did not) (?:come|came) out of (?:school|class|the gates?|nursery)
        (?:can't|cannot|cant) find (?:my|our|the|a) (?:\w+ )?{_CHILD}(?!['’])
        {_A_CHILD}(?:'s| is| has| been| gone| went| still| has been| just)+ missing (?:since|from (?:the )?(?:school|playground|nursery)|after school)
        """,
        unless=r"found safe|safe and well|been found|turned up|isn'?t true|not true|going round",
        within=_OLD + r"""
        coat|jumper|bag|lunch ?box|bottle|shoes?|pe kit|teddy|attention|tickets?|place|climbing frame|bouncy castle|soft play|raffle|swimming|holiday|courage|out of school on
        """,
        labels=("safeguarding",), severity=4, route=Route.SAFEGUARDING, about=About.PUPIL,
    ),
    rule(
        "children_photographed",
        "A stranger or another adult is said to photograph or film children at the school.",
        rf"""
        (?:m[ae]n|bloke|guy|wom[ae]n|somebody|someone|stranger|weirdo|creep|pervert|perv|person|fella|driver|car|van|drone)(?: [a-z']+){{0,12}}? (?:taking|takes|taken|took|snapping) (?:[a-z']+ ){{0,2}}?(?:photos?|pictures?|pics?|videos?|photographs?|footage) (?:and \w+ )?of {_A_CHILD}(?! ?(?:'s|s') (?:work|art|display))
        (?:m[ae]n|bloke|guy|wom[ae]n|somebody|someone|stranger|weirdo|creep|pervert|perv|person|fella|driver|car|van|drone)(?: [a-z']+){{0,12}}? (?:filming|films|filmed|photographing|photographs|photographed|videoing|videos|recording|records) {_A_CHILD}(?! ?(?:'s|s') (?:work|art|display))
        """,
        within=r"""
        photographer|sports day|nativity|concert|play|show|assembly|fair|fete|performance|newspaper|reporter|journalist|bbc|itv|s4c|news|crew|website|prospectus|permission|consent|marathon|prom|graduat\w*|leavers|parents? (?:evening|race)|tempest|class photos?|school photos?|yearbook|official
        grandad|grandparents|proud|lovely|thank\w*|competition|carnival|parade|choir|dance|match|tournament|wedding|council (?:survey|officer)|traffic (?:survey|count)|years? ago
        """,
        labels=("safeguarding",), severity=3, route=Route.SAFEGUARDING, about=About.PUPIL,
    ),
)  # fmt: skip
