"""Violence meant but not named: a warning to watch one's back, somebody waiting, a shame if it burned."""

# ruff: noqa: E501 - a pattern has one alternative a line, however long
from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from classifiers.signals.catalogue.danger.announced import before, is_harmless, marked, may_mean_ours, negated
from classifiers.signals.rule import PreparedText, Rule, either, pattern_of, rule, sentence_of
from data.types import Route

_A = r"ADULT(?:'s)?(?: (?:wom[ae]n|m[ae]n|cow|bitch|bloke|prick|lot|pair))?"
_SHE = rf"(?:{_A}(?:,? (?:at|from|of|in|up at|over at) SCHOOL,?)?|he|she|they|you|u|yous|s?hes|theyre|ur)"
_HIS = r"(?:ADULT(?:'s)?|his|her|their|your|ur)"
_HIM = r"(?:ADULT|him|her|them|you|u)"
_OURS = rf"(?:{_A}|SCHOOL)"
_GOING = r"(?:(?:is|'s|will|'ll|be|bout to|about to|boutta|gonna|gunna|gon|gna|gona|going to|goin to|finna|gets?|getting|gettin|catch|catching|'s gonna) )+"
_HARM = r"(?:bottles?|rags|petrol|match(?:es)?|bricks?|lighter|fire|flames?|burn\w*|accident|knife|tyres?|brakes?|windows?|smash\w*|hurt|fell|slipp?\w*|found out where|follow\w*|happen\w*)"
_SOON = r"(?:(?:on )?(?:mon|tues?|weds?|wednes|thurs?|fri)(?:day)?|tmrw|tmr|tomorrow|today|tonight|next week)"

_PLAIN = rf"""
    {_SHE}(?:'d| had)?(?: all| really)? (?:better|best|wants? to|needs? to|ought to|should|gotta|shld) (?:start )?(?:watch(?:ing)?|mind|look(?:ing)? over) (?:(?:his|her|their|your|ur) (?:back|shoulder)s?)
    (?:waiting|lying in wait) for ADULT (?:after school|outside|at (?:home ?time|the (?:\w+ )?gates?|the end of the day|the bell)|tonight|tomorrow|tmrw|when (?:he|she) (?:finishes|leaves|comes out|gets off)|in the (?:car ?park|dark)|by (?:his|her) (?:car|house|motor))(?: tonight| tomorrow| tmrw)?(?=\W*$|\W+(?:lol|lads|boys|who'?s|whose|bring|n|me and|ngl|fr|watch|gonna|we)\b)
    wait(?:ing)? (?:til+|until) {_SHE} (?:finish(?:es)?|leaves?|comes? out|clocks? off|walks? (?:home|out|to)|is (?:on|by) (?:his|her|their) own|gets? (?:off|to) (?:his|her|the) (?:bus|car))(?! (?:to (?:say|ask|speak|thank|see|give)|so))
    (?:see|watch|find out) what happens to {_A}(?= (?:at|after|on|when|tomorrow|tmrw|tonight|next|if|by|now)\b)
    enjoy (?:your|ur|his|her|the) [\w ]{{2,25}}?[, ]+(?:cos |coz |because |as )?(?:it'?s|its|it'?ll be|that'?s) (?:ur|your|his|her|the) last
    while (?:your|ur|his|her|their|(?:he|she|you|u)(?:'?ve| has| have)? (?:still )?got (?:his|her|your|ur)?) ?(?:knees|legs|fingers|teeth|hands|kneecaps|eyes) ?(?:still|left|work\w*|bend)?
    {_SHE} ?(?:won'?t|will not|isn'?t going to|is not going to|ain'?t gonna) be (?:walking|breathing|standing|chewing|able to walk) (?:again|by|before|after|come|for|much|long|straight)
    {_HIS} (?:\w+ )?(?:tyres?|windows?|car|motor|house|windscreen|van) (?:won'?t|will not|ain'?t gonna) (?:see|make|last)(?: out| (?:til+|until))?(?: (?:the|till?))? (?:weekend|morning|night|week|\w+day|home ?time|christmas|half term)
    (?:gon|gonna|gunna|gna|gona|bout to|about to|boutta|finna|going to|goin to|will|i'?ll|we'?ll|ima|imma|let'?s|tryna) (?:\w+ )?(?:merk|murk|ching|cheff|twat|duff|slump|bang out|deck|rag|chin|spark) {_HIM}(?! (?:interest|imagination|curiosity|joy|own))
    (?:{_SHE}|some(?:one|body)(?: (?:in|at|from|on) (?:your|ur|the|this|that|SCHOOL)(?: \w+)?)?) (?:{_GOING})?(?:\w+ )?(?:merked|murked|shanked|chinged|cheffed|sparked|twatted|duffed|slumped|wet up|stabbed up|clapped(?! (?:out|on(?! sight)|off|for|by|in|and))|dropped(?= (?:outside|after|in the|on sight|lol|fr))|banged out|these hands|put through (?:a|the) (?:\w+ )?(?:window|wall|door))
    ADULT get (?:sparked|merked|battered|knocked out|shanked|leathered|banged out)
    feed (?:it|that|this|them) (?:to )?{_HIM}|(?:ram|shove|stuff|stick|feed|wrap) (?:it|that|this|them|(?:the|his|her|that|my) \w+) (?:right )?(?:down|round) {_HIS} (?:throat|neck|head)
    {_A} (?:needs|wants) (?:sorting(?: out)?|dealing with|seeing to)(?=\W+(?:properly|proper|once|big time|lads|pm|dm|out back|tonight)\b)
    (?:one |a )?good (?:shove|push) (?:by|down|off|under|in front of|into) (?:the|that|those) (?:escalator|stairs|steps|platform|train|tram|bus|canal|river|road|edge)
    {_SHE}(?:'s| is|'re| r)? ?(?:leaving|leaves|going home|gonna leave|going out) in (?:an? )?(?:ambo|hearse|meat wagon|stretcher|body ?bag|wooden)
    {_OURS} (?:can|should|deserves to|gonna|needs to|will) burn\b(?=\W*$|\W*with (?:him|her|them|it)|[.!,])
    (?:the )?SCHOOL {_GOING}(?:a )?(?:car park|ashes|pile of ash\w*|rubble|crater|burnt out)\b
    when (?:his|her|ADULT(?:'s)?|their) (?:\w+ )?(?:car|house|van|motor|gaff) goes up\b(?! (?:for|in (?:price|value)|to))
    a (?:real |terrible |crying |damn |right )?(?:shame|pity) if (?:some(?:one|body|thing)|any(?:one|thing)|it|he|she|his|her|their|ADULT(?:'s)?|SCHOOL|that|those)\b[^.!?\n]{{0,60}}?{_HARM}\b
    (?:driv(?:e|ing)|drove|ram(?:ming)?|revers(?:e|ing)|plough(?:ing)?|crash(?:ing)?)(?: (?:my|a|the|this|that|me) (?:\w+ )?(?:car|van|truck|tractor|transit|lorry|digger|jeep|4x4|bus|motor|pick-?up|taxi)| it)?(?: (?:in|straight|right|clean))* (?:through|into) (?:the |that |their |your |those |ADULT'?s )(?:front (?:doors?|of)|main doors?|reception|hall|office|SCHOOL|building|staff ?room)\b(?! (?:car park|grounds|drive|gates?|site))
    (?:do not|don'?t|wouldn'?t|nobody|no ?one) (?:should )?(?:come|go|be|sit|turn up|stand|send)(?: \w+){{0,3}}? (?:SCHOOL|school|stage|hall|canteen|assembly|gym)(?: \w+)? (?:on )?{_SOON}[^\n]{{0,30}}?(?:just (?:don'?t|do not|trust)|trust me|that'?s all (?:i'?m|im|i am) sayin|i mean it|(?:love|luv) (?:u|you)|been warned|if you (?:value|want to live)|srs)
    (?:he|she|they|i|my \w+|brother|dad|husband)(?:'s|'m|'re| is| am| are)?(?: \w+){{0,4}} (?:not|isn'?t) (?:going|coming|there|here) for (?:a |any )?(?:chat|tea|talk|biscuits|cup of tea)
    (?:not|isn'?t|aint|ain'?t) (?:leaving|stopping|coming home|going home|going) (?:til+|until) [^.!?\n]{{0,40}}?(?:on the (?:floor|deck)|out cold|in hospital|bleeding|on (?:his|her) back|crying|dead)\b
    one of us (?:is|will be|'s|isn'?t|won'?t be|ain'?t|will|won'?t) (?:be )?(?:going|coming|walking|leaving|go|come|walk|making it|getting up)(?: back)? (?:home|away|out|in|again|up|from|back)\b
    found (?:out )?(?:where )?(?:his|her|ADULT(?:'s)?) (?:house|home address|address|street|flat)\b(?! (?:keys|on rightmove))
    (?:if|when|next time|once|after)\b[^.!?\n]{{0,100}}?{_SHE}(?:'ll| will|'s gonna|'s going to| gonna)?(?: be)? need(?:ing)? (?:a |an |some )?(?:new )?(?:set of )?(?:new )?(?:teeth|kneecaps|dentures|dentist|ambulance|surgeon|coffin|undertaker|stitches|wheelchair|headstone|hospital)
    not be (?:held )?responsible for what (?:i|we|my \w+|his \w+|her \w+|he|she|they)(?: might| will|'ll)? do(?:es)?(?: to {_HIM})?\b
    (?:people|men|women|lads|folk|teachers?|better \w+)(?: have|'ve| has)? (?:been |got |get )?(?:hurt|killed|died|shot|stabbed|battered|done in) for (?:a lot |far |much )?less
    (?:done|did|served|doing|do|been in prison|been inside|gone down) (?:time )?for (?:a lot |far |much )?less
    SCHOOL (?:gets|is getting|gonna get|gon get|will get|going to get) it(?= {_SOON}|[.! ,]+(?:told (?:you|yous|u)|wait|watch this))
    (?:make|making) SCHOOL famous
    \bor (?:the|your|ur|his|her|their|ADULT(?:'s)?) (?:\w+ )?(?:windows?|tyres?|doors?|car|roof|motor|house) (?:go(?:es)?|gets? it|is going|are going|burns?)(?! (?:up|down) (?:for|in)| (?:to|on))
    ADULT,? (?:ur|ure|u r|you'?re|you are|your)(?: so)? dead\b(?! (?:on (?:his|her|your) feet|funny|good|nice|kind|lovely|sound|right|proud|keen|tired|easy|excited|sweet|strict|set|against|to the world))
    whoever (?=[^.!?\n]{{0,70}}(?:ADULT|SCHOOL))[^.!?\n]{{2,70}}?(?:is|are|'s|will be|gonna be) (?:so )?(?:dead|getting (?:it|battered|smashed|shanked|done|leathered)|a dead (?:man|woman))\b
    (?:follow(?:ed|ing)?|tail(?:ed|ing)) ADULT (?:home|to (?:his|her) (?:house|car|home|bus))
    (?:out|clear|everybody|everyone|evacuat\w*|empty)\b[^.!?\n]{{0,40}}\b(?:by|before) (?:\w+ )?(?:noon|eight|nine|ten|eleven|twelve|one|two|three|\d{{1,2}})\b[^?\n]{{0,40}}\bset (?:it|to go)\b
    (?:put(?:ting)?|slip(?:ping)?|drop(?:ping)?) (?:\w+ )?(?:rat (?:poison|stuff|bait)|poison|bleach|antifreeze|arsenic|weedkiller) in (?:(?:the|their|his|her|ADULT(?:'s)?) )?(?:\w+ )?(?:biscuits|tea|coffee|food|water|milk|urn|kettle|cakes?|dinner|sandwich\w*|mugs?)
    do a hit on (?:SCHOOL|ADULT)
    (?:gon|gonna|gunna|gna|going to|goin to|will|i'?ll|we'?ll|imma|let'?s) (?:\w+ )?mess {_HIM} up(?! (?:his|her|their|with) )
    (?:u|you|ADULT|he|she) can run,? but (?:u|you|ADULT|he|she) (?:can'?t|cannot) hide(?:,? ADULT)?
    (?:(?:was|were|is|are|been) )?(?:offer\w*|paying|pays|put up|payin)\b[^.!?\n]{{0,50}}?(?:quid|grand|pounds?|[£$€]\d+)[^.!?\n]{{0,40}}?(?:who(?:'ll|'d| will| would)?|to) (?:\w+ )?(?:break|hurt|batter|jump|burn|stab|hit|slap|smash) {_HIM}(?:'s)?
    ADULT,? (?:ur|ure|u r|you'?re|you are|is|'s) a dead (?:man|woman) walking
    do what (?:u|you|ya|yous) (?:want|like|will) with (?:that|it|this)\b(?: info\w*)?
    ADULT (?:just )?(?:didn'?t|doesn'?t|did not|never) (?:wake|woke) up
    \d+ (?:likes|retweets|rts|follows|shares|comments) (?:and|n|&) (?:i|ill|i'll|we|im|i'm) (?:\w+ )?(?:slap|punch|hit|batter|deck|egg|smack|kick|chin|headbutt|jump) (?:ADULT|him|her)
    (?:take|took|knock|bring) (?:that )?ADULT down a peg\W+(?:with a|using)
    (?:put|putting) {_HIM} in (?:his|her|their|your) place\W+(?:like )?(?:a |the )?(?:hospital|grave|coffin|ground)
    """
_HINTED = rf"""
    enjoy (?:(?:your|ur|his|her|the) )?(?:\w+ )?(?:last|final) \w+
    enjoy (?:it|that|this|(?:your|ur|his|her|the|them|those) \w+) while
    (?:see|watch) what happens (?:when|if|after) (?:i|we|my|his dad|her dad)
    (?:had )?better watch (?:out|it|(?:him|her|them|your)sel\w+)
    waiting for {_HIM}
    {_A} (?:needs|wants|ought) to be (?:\w+ )?careful
    (?:i|we|they|he|she|knows?|anyone|who|anybody|any1)(?: all)? (?:know|knows|kno|no|found out) (?:exactly )?(?:where|which|what|wot) (?:\w+ )?(?:ADULT|he|she) (?:lives?|parks?|drinks?|walks?|shops?|drives?|leaves|finishes|gets|jogs|runs|trains|sleeps)(?! the (?:bus|minibus|trolley))
    (?:nothing|nowt) (?:left )?to lose
    been (?:inside|away|in prison|jailed|done) for (?:gbh|abh|assault|wounding|murder|manslaughter|attempted|stabbing|arson)
    (?:not be|can'?t be|cannot be) (?:held )?responsible for (?:my|his|her) actions
    or else|god help (?:that (?:man|woman)|him|her|ADULT)
    (?:gonna|gunna|going to|gon|will|'ll) (?:so |really )?regret
    turn(?:ing)? up (?:at|to|outside) (?:SCHOOL|ADULT(?:'s)?)[^.!?\n]{{0,20}}? with (?:my|the|a few|some|a load of) (?:\w+ )?(?:dogs?|lads|boys|mates|brothers|cousins|uncles)
    get(?:ting|s)? lit up|not a reasonable (?:man|woman)|(?:very )?bad temper|(?:number|reg|licence) plates?
    ADULT lives (?:on|at|in|opposite|next to|round)
    ADULT[^.!?\n]{{0,25}}? on (?:my|our|the) list\b
    (?:{_A}|he|she|teachers?|staff)(?: \w+){{0,3}} (?:is |are |'s )?(?:top of|next on|first on) (?:it|(?:his|my|our|their|the) (?:\w+ )?list)\b
    (?:mind|watch) (?:them|those|ur|your) (?:stairs|steps|brakes|step)
    accidents (?:do )?happen|any ?thing (?:could|can|might) happen to (?:{_HIM}|a (?:man|woman))
    (?:wheel nuts|brake (?:lines?|pipes?|cables?))|wheels (?:come|fall) off (?:buses|cars|vans)
    hope (?:your|ur|his|her|ADULT(?:'s)?) (?:brakes|smoke alarm|locks?|alarm)|good (?:house|home|life) insurance|(?:a|his|her|your|their) smoke alarm
    there(?:'ll| will) come a (?:night|day|time)|thinks? (?:ur|u r|you'?re|you are|he'?s|she'?s|they'?re) safe
    cameras (?:don'?t|do not) (?:even )?work
    (?:nice|lovely|cute|pretty) (?:dog|cat|house|kids?|wife|family|garden|hydrangeas|route|car|motor|windows?|kitchen)\b[^\n]{{0,60}}?(?:shame|pity|nice and quiet|nice route|careful|accident)
    look (?:lovely|nice|good|great|pretty|better) (?:all )?(?:lit up|on fire|in flames)
    jerry can|(?:bottles?|petrol) and (?:some |a )?rags?|gallons? of petrol|make a bottle fly|petrol bombs?|cable ties
    (?:pay|paying) (?:{_HIM} )?(?:a )?(?:little |wee )?visit|warn {_A}|(?:keep|stay) (?:\w+ ){{0,3}}?(?:back|away) from ADULT
    gon(?:na|e)? wish (?:they|he|she|you) (?:had )?never|what'?s coming (?:his|her|their|your|ur) way|going round there to
    (?:be|being|you|u|lot|all|yous)(?:'ll| will)? (?:be )?on the news
    keeps? (?:a |photos |a folder |notes )?(?:folder|photos|notes|file|list) (?:on|of) {_A}
    (?:putting|planted|hidden|leaving|left) (?:\w+ ){{0,2}}?in the (?:roof|boiler|loft|basement|ceiling)
    (?:hits?|go(?:es)?|written|carved) on a headstone|bring (?:some )?plasters|wheel brace
    (?:lives|home|road|path|lane|drives?|walks?|cycles|jog\w*|drive home)\b[^!?\n]{{0,50}}\b(?:lonely|(?:in the |pretty |very |nice and )dark|no (?:lights|street ?lights|signal|cameras)|deep)\b
    (?:he|she|they)(?:'s|'ve| has| have)? got guns?
    """
_NEEDS = either(r"""
    back|backs|shoulders?|waiting|wait|lying|what happens|enjoy|while|tyres?|windows?|windscreen|merk|murk|ching|cheff|twat|duff|slump|bang|deck|rag|chin|spark|(?:merk|murk|shank|ching|cheff|spark|twatt|duff|slump|clapp|dropp|stabb|batter|leather)ed|wet up|these hands|through|knocked|sorting|dealing|seeing to|shove|push|ambo|hearse|meat wagon|stretcher|bodybag|body bag|wooden|burn|car park|ashes|ash|rubble|crater|burnt out|goes up|shame|pity
    into|do not|don'?t|wouldn'?t|nobody|no ?one|for a chat|for tea|for a talk|chat|until|till?|one of us|found|need(?:ing)?|responsible|for less|for (?:a lot|far|much) less|it|famous|or|dead|whoever|follow(?:ed|ing)?|tail(?:ed|ing)|set|poison|rat|bleach|antifreeze|arsenic|weedkiller|a hit on|be|won'?t|will
    careful|regret|mess|hide|quid|grand|pounds?|god help|walking|wake|woke|likes|retweets|rts|follows|shares|comments|peg|in (?:his|her|their|your) place|turn(?:ing)? up|lit up|reasonable|temper|plates?|lives|what (?:u|you|ya|yous)|know|knows|kno|lose|inside|away|prison|list|stairs|steps|brakes|happen|wheel|wheels|smoke alarm|insurance|locks?|alarm|come a|safe|cameras|nice|lovely|cute|pretty|look|jerry|rags?|petrol|bottle|cable|visit|warn|wish|coming|going|news|keeps?|in the|headstone|plasters|dark|lonely|lights?|deep|guns?|no
    """)
_shown, _hinted = (re.compile(either(lines)).finditer for lines in (_PLAIN, _HINTED))
_meant_well = pattern_of(r"""
    thank(?:s|ing|ful)|thank (?:you|u)|miss (?:you|u|him|her)|luck|retire\w*|leavers?|farewell|goodbye|congrat\w*|birthday|loves?(?! (?:u|you|ya)\b)|present|card|flowers|cakes?|parcel|form|lift|minibus|club|homework|lesson|autograph|interview
    raffle|hamper|tickets?|trophy|crown|prize|boxercise|comic relief|charity|gunge|sponsor\w*|applause|stage|curtains|inset|closed|closure|snow\w*|norovirus|flood\w*|heating|ofsted|exam\w*|mocks?|revision|maths|paper
    pigeons?|seagulls?|traffic|lollipop|crossing patrol|parking|speed\w*|table tennis|bill|budget|invoice|weather|fete|bench\w*|lifting|discount|sale|offer|apply|application|trial
    """).search


def _veiled(find: Callable[[str], Iterator[re.Match[str]]]) -> Callable[[PreparedText], bool]:
    """Is any of these said of an adult of the school, or the school, and not of play or well meant?"""

    def test(p: PreparedText) -> bool:
        return any(
            may_mean_ours(hit)
            and not negated(before(hit))
            and not (is_harmless(sentence) or _meant_well(sentence))
            for hit in find(marked(p.plain))
            for sentence in (sentence_of(hit.span(), hit.string),)
        )

    return test


RULES: tuple[Rule, ...] = (
    rule(
        "violence_veiled",
        "It warns an adult of the school, or says what may befall them or the school, as one does who means harm.",
        _veiled(_shown),
        needs=_NEEDS,
        labels=("threat",), severity=3, route=Route.POLICE_NOW,
    ),
    rule(
        "violence_hinted",
        "It may hint at harm to an adult of the school, or to the school.",
        _veiled(_hinted),
        needs=_NEEDS,
        labels=("threat",), route=Route.POLICE_NOW, hint=True,
    ),
)  # fmt: skip
