"""Violence or damage to an adult of the school, or to the school: announced, planned by others, or wished."""

# ruff: noqa: E501 - a pattern has one alternative a line, however long
from __future__ import annotations

import re
from functools import lru_cache

from classifiers.signals.catalogue.context import own_child_in_jest
from classifiers.signals.rule import PreparedText, Rule, either, pattern_of, rule, sentence_of
from data.types import Route

_POLICE = Route.POLICE_NOW
_NEAR = 250
"""How far from a “him” the adult stands whom it may mean."""
_TOLD = 80
"""How far before a “you” stands who is told it."""
_SOON = 30
"""How far after an act without a subject its time stands."""

_POST = r"(?:head(?:teacher|master|mistress| teacher)|ht|heidie|deputy(?: head)?|principal|teachers?|tutor|tas?|teaching assistants?|caretaker|site manager|jann?y|janitor|receptionist|secretary|dinner lad(?:y|ies)|lollipop (?:lady|man)|governors?|senco|dsl|chaplain|coach|matron|staff|office (?:staff|lad(?:y|ies)|wom[ae]n)|bursar|technician)"
_HEAD = r"head(?! (?:of|boy|girl|lice|start|count)\b)"
_NEXT = r"(?:(?!(?:in|at|on|with|of|to|by|for|and|or)\b)[\w'-]+ )"
_ADULT = rf"(?:(?:mr|mrs|ms|miss|dr|sir|mister)\b\.?(?: (?!(?:and|or|in|at|on|with|for|to|is|was|you|tomorrow|tonight|today)\b)[\w-]+)?|(?:the|that|this|our|any|every|some|a|those|next) {_NEXT}{{0,3}}?{_POST}|(?<!\bin )(?<!\bon )(?:the|that|this|our) {_NEXT}{{0,2}}?{_HEAD}|(?:the|that) {_HEAD}(?='s)|(?:your|ur|his|her|their|my \w+) {_NEXT}{{0,2}}?{_POST}|(?:whoever|(?:the|that) (?:wom[ae]n|m[ae]n|one|person|bloke|cow)(?: who| that|'s)?(?: is)?) (?:runs|running|in charge of) (?:that|this|the) \w+)"
_SCHOOL = r"(?:the|that|this|your|ur|our|my) (?:[\w']+ ){0,2}?(?:school|academy|college|place|building|dump|shithole|primary|nursery|office|sports hall|science block|staff ?room)"
_adults, _schools = (re.compile(rf"(?<!\w){words}(?!\w)") for words in (_ADULT, _SCHOOL))
"""In the patterns below “ADULT” is whoever these find, and “SCHOOL” the school: a text is in lower case."""

_HIM = r"(?:him|her|them|em|you|u|ya|that (?:\w+ ){0,2}(?:man|woman|bloke|cow|bitch|bastard|prick|witch))"
_WHO = rf"(?:ADULT|{_HIM})"
_WHOSE = r"(?:ADULT(?:'s|s'|s)?|his|her|their|your|ur|that (?:\w+ )?(?:man|woman|cow|bitch)'?s)"
_BELONGINGS = r"(?:[\w']+ ){0,2}?(?:cars?|motors?|vans?|bikes?|houses?|homes?|flat|gaff|shed|garage|caravan|doors?|letter ?box|windows?|windscreen|windies|windaes|fence)"
_BODY = r"(?:[\w']+ ){0,2}?(?:face|heads?|teeth|jaw|nose|skull|neck|legs?|knees?|kneecaps?|arms?|fingers?|hands?|ribs|throat|eyes?|lights|brains?|spine|block|bones?|mouth)"
_MORE = r"(?:[bptngm]?in[g']?|e?s|e)?"
_NO_HARM = r"(?! (?:at|in|on|by|with|to|over|for) (?:(?:a|the|his|her|their|my|our|this|that|your|some) )?(?:[\w-]+ ){0,2}(?:chess|quiz|race|darts|cards|tennis|football|rounders|cricket|rugby|netball|hockey|uno|monopoly|fifa|pool|snooker|bowling|golf|conkers|dodgeball|kindness|cake|snowballs?|sponges?|pies?|questions?|e-?mails?|letters?|complaints?|facts?|price|bill|fine|review|budget|pocket|back|vote|polls?|tag|goal|balloons?)\b)(?! up (?:for|on|about)\b)(?! (?:an? )?(?:e-?mails?|messages?|texts?|letters?|balloons?))"
"""Not at chess, and not with a complaint."""

_HARM = rf"""
    (?:kill|stab|shank|shoot|murder|batter|leather|deck|lamp|chin|punch|head-?butt|smack|slap|thump|clobber|wallop|hit|hurt|strangl|throttl|hospitali[sz]|maim|behead|knif|jump|attack|bray|drown|hang(?! (?:his|her|their|your) head)|lynch|execut|tortur|rape|raping|bash|ambush|drop ?kick|spit in|nut){_MORE} {_WHO}{_NO_HARM}
    (?:beat|kick|knock|batter|smash|punch|slap){_MORE} (?:the |ten |seven )?(?:fuck|fucking (?:shit|crap)|shit|hell|crap|living (?:daylights|shit)|daylights|life|lumps|bells|stuffing|shades of \w+) (?:out of|outta) {_WHO}
    (?:knock|lay|spark){_MORE} {_WHO} (?:spark |clean )?out(?! with)
    (?:beat|smash|rough|fuck|slic|cut|carv|chop){_MORE} {_WHO} (?:right )?up(?! (?:for|about)\b)
    (?:run|mow|knock){_MORE} {_WHO} (?:over|down)(?! (?:a|the|to|my|our)\b)
    (?:do|doing|does|fill{_MORE}|kick{_MORE}) (?!\w+ head){_WHO} in(?! (?:the|a|for)\b)
    (?:run|mow|beat|rough|knock|smash){_MORE} (?:over|down|up|out) {_WHO}
    (?:kick|smash|cav|bash|punch|stamp|stomp|pound|knock|rearrang|ruin|break|snap|slash|slic|slit|rip|wring|twist|crush|split|blow|burst|crack|shatter|smack|slap|batter|mash|cut|bust|put){_MORE}(?: on)? {_WHOSE} {_BODY}(?: clean| right)?(?: in| off| out| open)?(?! (?:with (?:facts|kindness)|at the|up|off the|to (?:work|good|the|rest|bed)|round))
    (?:put|send|land){_MORE} {_WHO} (?:straight |right |back )?(?:in|into|to|through|under) (?:a |an |the |that |his |her )?(?:\w+ )?(?:hospital|a&e|icu|intensive care|ambulance|ground|box|coffin|grave|wheelchair|morgue|window|wall|windscreen|bus|train|coma)(?! (?:office|seat|school|wagon|again with))
    (?:put|bury|stick|plant|driv){_MORE} (?:a |an |the |my )?(?:\w+ )?(?:bullet|knife|blade|brick|bat|fist|axe|hammer|screwdriver|bottle|boot) (?:in|into|through|across|over|upside|round) (?:{_WHOSE} {_BODY}|{_WHO})
    (?:acid|bleach|boiling water|petrol) (?:\w+ ){{0,2}}?(?:over|in|on|at|into) (?:{_WHOSE} {_BODY}|{_WHO})
    (?:push|throw|chuck|drop){_MORE} {_WHO} (?:down|off|under|in front of|out of) (?:the|a|that|those) (?:\w+ )?(?:stairs|steps|roof|bridge|balcony|window|train|bus|car park)
    (?:end|finish){_MORE} (?:{_WHO}|{_WHOSE} life)(?: off)?(?=\W*$|[.!,\n]| (?:tomorrow|tmrw|tonight|today|for good|when|if|at the|on \w+day))
    (?:swing|swinging) for {_WHO}
    sort(?:ing)? {_WHO} out (?:once and for all|properly|proper|myself|ourselves|for good|outside|with (?:a bat|bats|fists))
    sort(?:ing)? ADULT out(?=[^.!?\n]{{0,40}}\b(?:gates?|tonight|tomorrow|after school|home ?time|who'?s in|\d{{1,2}}[.:]\d\d)\b)
    (?:giv|get){_MORE} {_WHO} (?:a |the )?(?:\w+ )?(?:kicking|beating|hiding|battering|slap|smack|pasting|leathering|hammering|punch|black eye|(?:fat|thick|split) lip|bloody nose|bullet|shot|stabbed|jumped)(?! (?:on the back|of))
    (?:set|setting|sets|put|putting) (?:a )?(?:fire|light|match|lighter|torch) to (?:{_WHOSE} {_BELONGINGS}|SCHOOL)
    (?:set|setting|sets) (?:{_WHOSE} {_BELONGINGS}|{_WHO}|SCHOOL) (?:on fire|alight|ablaze)
    (?:burn|torch|fire ?bomb|petrol[- ]?bomb|blow|bomb|brick|trash|wreck|ram|key|smash|egg){_MORE}(?: down| up| in)? {_WHOSE} {_BELONGINGS}(?: down| up| in| out)?
    (?:torch|fire ?bomb|petrol[- ]?bomb|bomb|burn down|burn up|blow up|blowing up|shoot up|shooting up|burn|burning){_MORE} SCHOOL(?! (?:cd|fund|newsletter|guy))
    (?:burn|blow|shoot){_MORE} (?:SCHOOL|it) (?:all )?(?:down|up|to the (?:ground|floor)|sky high)
    (?:get|gets|getting|has) what(?:'?s| is)? coming(?: to)?(?= {_HIM}|\W*$)
    {_WHOSE} {_BELONGINGS} (?:burns? (?:down|to the ground)|catch(?:es)? fire|gets? (?:torched|burnt|burned|bricked|smashed))
    cut(?:ting)? ADULT(?=\W*$|[.!]| (?:up|open|tomorrow|tonight))
    gets (?:hit by a|run over|stabbed|shot|jumped|battered|beaten up|knocked (?:down|over)|killed|mugged|attacked|set on fire|burnt|slapped|punched)
    drag{_MORE} {_WHO} (?:out(?: of)?|by (?:the|his|her) (?:hair|neck|throat)|through|down)(?! (?:bed|of bed|the mud))
    dies? (?:in a (?:fire|crash|car crash|ditch)|screaming|painfully|slowly|tonight)
    death to (?:ADULT|SCHOOL)
    burn(?:ing|s)? {_WHO} (?:alive|out|to death)
    (?:put|kick|boot|do|break|cav){_MORE}(?: in| out| through)? {_WHOSE} (?:\w+ ){{0,2}}?(?:windows?|windscreen|windies|windaes|doors?)(?: in| through| out| down)?
    (?:bricks?|rocks?|petrol bombs?|fireworks?|molotovs?|petrol) (?:through|at|in|into) (?:{_WHOSE} {_BELONGINGS}|SCHOOL)
    (?:slash|stab|punctur|let|do|cut|popp?){_MORE}(?: down)? (?:(?:all )?{_WHOSE}|every|all the) (?:\w+ )?(?:tyres?|brakes?|brake (?:lines?|pipes?|cables?))
    """
_PLAIN = r"(?:kill|stab|shank|shoot|murder|batter|leather|lamp|punch|head-?butt|smack|slap|thump|clobber|wallop|strangl|throttl|maim|behead|drown|lynch|execut|tortur|raping|bash|ambush|drop ?kick|smash|carv|stomp|rearrang|slash|slit|wring|twist|crush|shatter|torch|trash|wreck|punctur|bomb|burn)(?:(?:|p|b|t|n|g)ing|e?s|e)? "
_DOUBTFUL = r"(?:deck(?:ing)?|chin|hit(?:ting)?|hurt(?:ing)?|hang(?:ing)?|nut|beat(?:ing)?|kick(?:ing)?|knock(?:ing)?|spark|rough|slice|cut(?:ting)?|chop|mow|fill|cav(?:e|ing)|stamp|pound|ruin|snap|rip(?:ping)?|split|burst|crack|bury|egg|brick|push(?:ing)?|chuck|blow|jump(?:ing)?|attack(?:ing)?|bray|knife|break(?:ing)?|put(?:ting)?|send|end(?:ing)?|finish|bust|run(?:ning)?|giv(?:e|ing)|throw|drop|swing|do(?:ing)?|get|set(?:ting)?|sort|stick|boot)"
"""Verbs that are said of much else than of persons."""
_ANY_ADULT = "him her them you mr ms miss dr sir that the_head the_dep the_tea the_staff the_care the_gov the_rec a_tea our his their"
_CUES = either(f"""
    {_PLAIN}
    {"|".join(f"{_DOUBTFUL} {who}" for who in _ANY_ADULT.replace("_", "~").split()).replace("~", " ")}
    (?:beat|rough|smash|blow|shoot|burn|knock|bash|blowing|shooting|beating|smashing) (?:up|down|out|over|in)|(?:run|running|mow|knock) (?:over|down)|(?:out of|outta) (?:him|her|them|mr|mrs|miss|ms|dr|that|the head)|(?:lumps|bells|stuffing|daylights) (?:out of|outta)
    (?:fire|light|match|lighter|torch) to|on fire|alight|ablaze|acid|bleach|boiling water|petrol|molotovs?|swing(?:ing)? for|drag (?:him|her|them|mr|ms|miss|dr|that|the)|dies? (?:in a|screaming|painfully|slowly|tonight)|death to|burns? down|catch(?:es)? fire|gets (?:torched|burnt|burned|bricked|smashed|hit by a|run over|stabbed|shot|jumped|battered|beaten up|knocked|killed|mugged|attacked|set on|slapped|punched)
    (?:bullet|knife|blade|brick|bat|fist|axe|hammer|screwdriver|bottle|boot|bricks|rocks|rock|fireworks?) (?:in|into|through|across|over|upside|round|at)|what'?s coming|what is coming|tyres?|brakes?
    """)
_act = pattern_of(_HARM).finditer
_meant = pattern_of(rf"ADULT|{_POST}|{_HEAD}|SCHOOL").search

_you = pattern_of("you|u|ya").search
_OWN = r"(?:me and (?:my|the) \w+|i|we|im|ill|imma|ima)"
_OTHERS = r"(?:he|she|they|hes|shes|theyre|who|someone|somebody|brothers?|bro|dads?|step-?dad|fathers?|sons?|uncles?|cousins?|husband|partner|boyfriend|ex|mates?|mums?|lads?|boys?|girls?|kids?|pupils?|students?|parents?|m[ae]n|blokes?|guys?|wom[ae]n|neighbour|daughter|sister|gang|group|year \d+s?|yr ?\d+s?|y\d+s?|people|family|friend)"
_subject = re.compile(rf"(?<![\w'])(?:(?P<own>{_OWN})|{_OTHERS})(?![\w-])").finditer
_WILL = r"(?:gonna|going to|goin to|gunna|gona|gan tae|about to|will|(?<=\w)'?ll|ill|imma|ima|'ma|coming|planning|plans?|ready|off to|on (?:my|his|her|their) way|threaten\w*|wants? to|promised? to|bringing|plott?ing|swear\w*|swore|vow\w*|meeting|meet)"
_will = re.compile(rf"(?<!\w){_WILL}(?!\w)|(?<=\w)'ll(?!\w)").search
_doing = re.compile(
    r"(?:^|[\w'] ?)(?:'m|im|am|'re|are|'s|is|hes|shes|theyre)(?: \w+ing [^.!?]{0,40}? and)?(?: \w+){0,2} $"
).search
_bare = re.compile(
    r"^(?:\W|\b(?:so|right|just|then|lads|tomorrow|tonight|ok|omg|fuck it|the school)\b)*(?:gonna|going to|gunna|goin to|going down|about to|time to|off to|let'?s|im|ill)\b"
).search
negated = re.compile(
    r"(?<![\w'])(?:not|never|nobody|don'?t|dont|won'?t|wont|wouldn'?t|didn'?t|cannot|can'?t|without|instead|rather|stop\w*|was|were|felt|tell|told to)(?: [\w']+){0,3} $"
).search
_wish = pattern_of(r"""
    (?:hope|hoping|wish|pray|love|about time|high time|please|should|needs?|ought|deserves?|wants?|lets|let's|fancy|up for|who's|whos)
    """).search
_TIME = pattern_of(r"""
    tonight|tomorrow|tmrw|tmr|2nite|tomoz|2moz|today|this (?:morning|afternoon|evening)|(?:mon|tues|wednes|thurs|fri|satur|sun)day|next week|half ?term
    \d{1,2}(?:[.:]\d\d)? ?(?:am|pm)?(?= )|noon|(?:home|pick ?up|drop ?off|lunch|break) ?time|at (?:pick|drop)[ -]?(?:up|off)|drop ?off|after school|on (?:his|her|their) way home
    (?:at|outside|by) (?:the|your|ur) (?:\w+ )?(?:gates?|school|car park|entrance|office)|(?:his|her|their) (?:house|home|car)|parents'? evening|i mean it|bring (?:your|ur|a|the|bats)
    """).search
_NOBODY_ELSE = re.compile(r"(?:^|\W)(?:some|any)(?:one|body) (?:please |just |go |go and )*$").search
_DEADLY = re.compile(r"(?:kill|stab|shoot|murder|burn|bomb|torch|blow|behead|lynch|death)\b").match
is_harmless = pattern_of(r"""
    play|panto\w*|film|movie|novel|book|story|scene|rehears\w*|drama|macbeth|hamlet|caesar|costume|script|lyrics?|song|poem|game|gaming|minecraft|fortnite|roblox|fifa|nerf
    chess|quiz|race|sports day|match|league|cup|final(?! warning)|rounders|cricket|football|rugby|netball|hockey|tennis|badminton|darts|dodgeball|paintball|laser ?(?:tag|quest)|karate|judo|boxing|tug of war|egg and spoon|obstacle|bleep test
    lol|haha\w*|lmao|rofl|joke|joking|jk|figure of speech|figurative\w*|tickl\w*|hugs?|kindness|laugh\w*|sponge\w*|gunge\w*|custard|pies?|water (?:balloons?|fight|pistols?|guns?)|wet|snowballs?|pinata|wreck this|balloons?
    e-?mails?|solicitor|petition|complaint|review|vote|photos?|photograph\w*|video|camera|parcel|candles?|bonfire|guy fawkes|calories|bunsen|toast|cd|drill|hoax|if there(?:'s| is) (?:another|one more)|trains?|flights?|snow\w*|traffic|strike|delay\w*|audience|tickets|rounds|when (?:he|she)'?s (?:big|older|grown)|history|museum|tudors?|ww[12]|bible|assembly about
    """).search


_IS = r"(?:'s|'re|s| is| are| will| wants?| needs?| deserves?)"
_SUFFERS_WORDS = either(rf"""
    (?:ADULT(?: (?:at|of|from) [\w' ]{{2,25}}?)?|he|she|they|that (?:\w+ )?(?:man|woman|cow|bitch|prick)){_IS}? (?:(?:so|really|well|definitely|going to|gonna|gunna|about to|due|in for) )*(?:get(?:s|ting)?|be(?:ing)?|due|in for|to be|needs?|wants?|deserves?|a|an) ?(?:(?:a|an|the|his|her|some|well|good|proper|to be) )*(?:kicking|batter(?:ed|ing)|beating|beaten(?! (?:at|by \d))|stabbed|stabbing|shot(?= (?:dead|tomorrow|tonight|on|at)|\W*$)|bullet|slap(?:ped|ping)?(?!-)|smack(?:ed|ing)?|punch(?:ed|ing)?|leathered|leathering|decked|lamped|chinned|knocked (?:spark )?out|filled in|hiding|brayed|petrol bombed|run over|lynched|strung up|hung|hanged|acid|brick|petrol|knife in|killed|murdered|what'?s coming|(?:head|face|teeth|jaw|legs?|arms?|nose|windows?|neck) (?:kick|smash|cav|brok|break|punch|bash|put|knock|slap|wring|rearrang)(?:ed|en|ing)?(?: in| out)?)
    ADULT{_IS} (?:going to |gonna )?(?:get(?:s|ting)?|be) jumped
    (?:i|we) want (?:ADULT|him|her) dead
    (?:ADULT|SCHOOL)(?: will|'ll| is (?:going to|gonna)| gonna) (?:bleed|burn)(?=\W*$|[.!]| (?:tonight|tomorrow|on|for))
    (?:ADULT|he|she|you)(?: will not|'ll not| won'?t| is not going to|'s not going to)(?: be)? (?:walk(?:ing)? home|get(?:ting)? (?:back )?up|mak(?:e|ing) it home|breathing|walk(?:ing)? (?:for|again))(?=\W*$|[.!]| (?:tonight|tomorrow|again|after|a|months|weeks)\b)
    (?:{_WHOSE} {_BELONGINGS}|SCHOOL){_IS}? (?:going to |gonna |about to )?(?:get(?:ting)?|be|going|go(?:es)?)? ?(?:burn(?:t|ed)(?: down| to the ground)?|torched|bricked|petrol bombed|up in flames|keyed|put through|blown up|bombed|shot up)(?= (?:tonight|tomorrow|tmrw|at|on \w+day|this|next|when|if)|\W*$)
    (?:ADULT|he|she|you|that (?:\w+ )?(?:man|woman|cow|bitch|prick))(?:{_IS}|,? (?:you are|you're|your|ur|you))? (?:a )?dead(?: (?:man|woman|meat|tomorrow|tmrw|tonight|when|on \w+day)(?! walking)|(?=\W*$))
    (?:ADULT|he|she|u|you){_IS}? ?(?:going to|gonna|gunna|won'?t|wont|not|n't|never)? (?:be )?(?:walk(?:s|ing)? (?:again|out of there)|leav(?:e|ing) (?:\w+ ){{0,4}}in (?:an ambulance|a (?:body ?bag|box|coffin|wheelchair))|(?:leav(?:e|ing)|walk(?:ing)?|get(?:ting)?) (?:\w+ ){{0,4}}(?:alive|in one piece|on (?:his|her) own (?:feet|legs))|have (?:any )?(?:teeth|legs|kneecaps|windows) left|see (?:christmas|the weekend|\w+day|his kids again|her kids again)(?! (?:off|through)))
    """)
_SUFFERS = re.compile(_SUFFERS_WORDS).finditer
_COMING = either(r"""
    kicking|battered|battering|beating|beaten|brick through|petrol through|knife in|stabb(?:ed|ing)|shot (?:dead|tomorrow|tonight|on|at)|bullet|slap(?:ped|ping)?|smack(?:ed|ing)?|punch(?:ed|ing)?|leather(?:ed|ing)|decked|lamped|chinned|knocked|filled in|hiding|brayed|bombed|run over|lynched|strung up|(?:be|get|getting|gets) (?:shot|hung|hanged|killed|murdered|jumped)|acid|what'?s coming
    (?:head|face|teeth|jaw|legs?|arms?|nose|windows?|neck) (?:kick|smash|cav|brok|break|punch|bash|put|knock|slap|wring|rearrang)
    dead (?:man|woman|meat|tomorrow|tmrw|tonight|when|on)|want [^.!?\n]{1,30} dead|(?:are|you're|ur|your) dead|(?:is|are|'s|will|gonna|going to) (?:burn|bleed)|burnt|burned|torched|bricked|in flames|keyed|blown up|shot up
    (?:won'?t|not|never)(?: be)? (?:walk|get|mak|breath)\w*|walks? again|walking again|alive|in one piece|(?:teeth|legs|kneecaps|windows) left|(?:christmas|weekend|kids again)|in an ambulance|in a (?:body|box|coffin|wheelchair)
    """)


def before(hit: re.Match[str]) -> str:
    """What stands before a hit in its sentence."""
    return sentence_of((hit.start(), hit.start()), hit.string[: hit.start()])


def _by(lead: str, hit: re.Match[str]) -> str:
    """Who will do it: “own” the writer, “other” somebody else, “wish” whoever it may be; empty: nobody will."""
    if negated(lead):
        return ""
    if _NOBODY_ELSE(lead) or (not lead.strip() and _DEADLY(hit[0]) and _meant(hit[0])):
        return "wish"
    subject = next(iter([*_subject(lead)][-1:]), None)
    rest = lead[subject.start() :] if subject else lead
    if (
        not lead.strip()
        and hit[0].split()[0].endswith("ing")
        and _TIME(hit.string[hit.end() : hit.end() + _SOON])
    ):
        return "own"
    if _will(rest) or (hit[0].split()[0].endswith("ing") and _doing(rest)):
        if subject:
            return "own" if subject["own"] else "other"
        return "own" if _bare(rest) else "wish" if _wish(lead) else ""
    return "wish" if _wish(lead) else ""


@lru_cache(maxsize=8)
def marked(plain: str) -> str:
    """A text with “ADULT” and “SCHOOL” for those whom it means."""
    return _schools.sub("SCHOOL", _adults.sub("ADULT", plain))


def may_mean_ours(hit: re.Match[str]) -> bool:
    """Does an adult of the school, or the school, stand near enough to be meant? Who is told “you” is named before."""
    if _you(hit[0]):
        return "ADULT" in hit.string[max(0, hit.start() - _TOLD) : hit.end()]
    return bool(_meant(hit.string[max(0, hit.start() - _NEAR) : hit.end() + _NEAR]))


@lru_cache(maxsize=8)
def _acts(plain: str) -> tuple[tuple[str, bool], ...]:
    """For each act against the school or an adult of it who will do it, and if its sentence makes it harmless.
    The rules ask about the same text one after the other.
    """
    found = []
    text = marked(plain)
    jest = "ADULT" not in text and own_child_in_jest(plain)
    for hit in () if jest else _act(text):
        who = _by(before(hit), hit)
        if who and may_mean_ours(hit):
            found.append((who, bool(is_harmless(sentence_of(hit.span(), hit.string)))))
    return tuple(found)


def _announced(p: PreparedText) -> bool:
    return any(who == "own" and not harmless for who, harmless in _acts(p.plain))


def _in_jest(p: PreparedText) -> bool:
    return any(who == "own" for who, _ in _acts(p.plain))


def _planned(p: PreparedText) -> bool:
    return any(who == "other" and not harmless for who, harmless in _acts(p.plain))


def _wished(p: PreparedText) -> bool:
    return any(who == "wish" and not harmless for who, harmless in _acts(p.plain))


def _suffers(p: PreparedText) -> bool:
    """Is something said to be coming to an adult of the school?"""
    return any(
        may_mean_ours(hit)
        and not negated(before(hit))
        and not is_harmless(sentence_of(hit.span(), hit.string))
        for hit in _SUFFERS(marked(p.plain))
    )


_ARMS = r"(?:knife|knives|machete|gun|shotgun|rifle|pistol|crossbow|blades?|axe|sword|acid|petrol|explosives|firearm|(?:baseball |cricket )?bats?|hammers?|crowbar|iron bar|metal bar|golf club|wrench|knuckle ?dusters?)"
_CARRIED = rf"(?:a|an|his|her|their|my|the|me|some|two|dad'?s) (?:[a-zA-Z0-9']+ ){{0,2}}?{_ARMS}|petrol|knives|bats|weapons"
_ARMED = either(rf"""
    (?:com(?:e|es|ing)|go(?:es|ing)?|head(?:ing)?|driv(?:e|ing)|turn(?:ing)? up|on (?:my|our|his|her|their) way|be|wait(?:ing)?|sort(?:ing)? (?:it|this|him|her|them))(?: (?!not\b|never\b)[a-zA-Z0-9']+){{0,7}}? with (?:{_CARRIED})
    (?:bring(?:s|ing)?|tak(?:es?|ing)|carry(?:ing)?|bought|got) (?:in )?(?:{_CARRIED})(?: [a-zA-Z0-9']+){{0,3}}? (?:for|to (?:use on|get|sort|stab|scare|kill|hurt)) {_WHO}
    bring(?:s|ing)? (?:in )?(?:{_CARRIED}) (?:with (?:me|him|them) )?(?:in(?:to)?|to) (?:SCHOOL|school)
    (?:i've|ive|i have)(?: got)? (?:{_CARRIED}) and (?:i'm|im|i am|we're|i'll) (?:coming|going|heading|waiting|gonna)
    """)
_arms = re.compile(_ARMED).finditer
_tools = pattern_of(r"""
    and ball|pads|stumps|wicket|softball|pe|nails|screws|banner|fence|shelves|diy|stall|fork|cake|bread|butter|cheese|chopping|kitchen|glue|sander|mower|generator|strimmer|lawn
    station|garage|pump|prices?|tank|viking|knights?|medieval|display|toy|plastic|foam|props?|inflatable|butterfly|re-?enact\w*|museum|forest school|scouts?|bushcraft|clay|gun dog|starting|water
    """).search


_gate = re.compile(
    r"(?<!\w)(?:at|by|outside|inside|in|into|to) (?:(?:the|that|your|ur) (?:[\w']+ )?(?:gates?|playground|reception)|a (?:[\w']+ ){1,4}(?:school|academy))(?!\w)"
).search
"""A school that bears no word of SCHOOL: “at the gate of Oakfield”, “in a Brightwater Trust school”."""


def _means_it(lead: str, words: str) -> bool:
    """Is it said of what somebody will do, and not asked or told of another time?"""
    if negated(lead):
        return False
    return words.startswith(("on ", "i")) or words.split()[0].endswith("ing") or bool(_will(lead))


def _comes_armed(p: PreparedText) -> bool:
    """Does somebody mean to come to the school, or to an adult of it, with a weapon?"""
    return any(
        (may_mean_ours(hit) or _gate(hit[0]))
        and _means_it(before(hit), hit[0])
        and not (is_harmless(sentence) or _tools(sentence))
        for hit in _arms(marked(p.plain))
        for sentence in (sentence_of(hit.span(), hit.string),)
    )


RULES: tuple[Rule, ...] = (
    rule(
        "violence_announced",
        "The writer says that they will hurt an adult of the school, or damage what is theirs or the school's.",
        _announced,
        needs=_CUES,
        labels=("threat",), severity=4, route=_POLICE, bare=_in_jest,
    ),
    rule(
        "violence_planned",
        "Somebody is said to mean to hurt an adult of the school, or to damage what is theirs or the school's.",
        _planned,
        needs=_CUES,
        labels=("threat",), severity=4, route=_POLICE,
    ),
    rule(
        "violence_wished",
        "It wishes violence on an adult of the school, or damage to what is theirs or the school's.",
        _wished,
        needs=_CUES,
        labels=("threat",), severity=3, route=_POLICE,
    ),
    rule(
        "coming_armed",
        "Somebody means to come to the school, or to an adult of it, with a weapon.",
        _comes_armed,
        needs=_ARMED,
        labels=("threat",), severity=4, route=_POLICE,
    ),
    rule(
        "violence_coming",
        "It says that an adult of the school will be hurt.",
        _suffers,
        needs=_COMING,
        labels=("threat",), severity=4, route=_POLICE,
    ),
)  # fmt: skip
