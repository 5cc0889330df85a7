"""What a school hears of violent extremism: who admires it, joins it, spreads it or is drawn into it.

Names of organisations stand in `proscribed.toml`. A name or a creed says nothing by itself: it counts beside
what somebody does with it, and not where a lesson, a court, a film or a game is what it is about.
"""

# ruff: noqa: E501 - a pattern has one alternative a line, however long
from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Any

from classifiers.signals.rule import PreparedText, Rule, pattern_of, rule, sentence_of
from classifiers.text.undisguise import undisguise
from data.types import Route

PROSCRIBED_FILE = Path(__file__).with_name("proscribed.toml")

_SG, _POLICE = Route.SAFEGUARDING, Route.POLICE_NOW
Search = Callable[[str], object]
_REACH = 140
"""How far from a name or a creed what is done with it is looked for."""
_MOST_HITS = 12


def _spelt(name: str) -> str:
    """A pattern of a name: a blank in it may be a hyphen or nothing, an apostrophe may be missing."""
    return re.escape(undisguise(name).text).replace(r"\ ", "[ -]?").replace("'", "'?")


def _names(listed: dict[str, Any]) -> Iterator[str]:
    for names in (*listed["proscribed"].values(), listed["watched"]):
        yield from (spelling for spellings in names.values() for spelling in spellings)


_LISTED = tomllib.loads(PROSCRIBED_FILE.read_text(encoding="utf-8"))
_AMBIGUOUS = _LISTED["ambiguous"]["names"]
_GROUP = r"(?:join\w*|recruit\w*|members?|sticker\w*|leaflet\w*|posters?|flags?|propaganda|videos?|supporters?|banned|terror\w*|neo|nazis?|server|logo|cell|patch|badge|tattoos?|fight\w*|from|messag\w*|lads|boys|crew|mob|weekend|march(?:ed|ing)?|rally|camp|training)"
"""What says that a common word is the name of a group."""
_ORGANISATIONS = "\n".join(
    (
        *(_spelt(name) for name in _names(_LISTED) if name not in _AMBIGUOUS),
        *(rf"(?:{_GROUP}\W+(?:\w+\W+){{0,2}}{_spelt(name)}|{_spelt(name)}\W+(?:\w+\W+){{0,3}}{_GROUP})" for name in _AMBIGUOUS),
    )
)  # fmt: skip
_CREEDS = r"""
    jihad(?:i|is|ist|ists|ism)?(?! (?:factory|school|academy))|caliphate|khilafah|baghdadi|bin laden|osama|twin towers|fighters? in (?:syria|gaza|afghanistan|somalia)|mujahid\w*|mujahed\w*|kuff?ar|kaff?irs?|bay'?ah|bayat|suicide bomb(?:er|ers|ing|ings)|martyrdom
    beheadings|beheading (?:videos?|vids?|clips?)|behead (?:people|unbelievers)|execution (?:videos?|clips?)|infidels|unbelievers|holy war|radicali[sz](?:ed|ing|er)
    white power|white supremac\w+|white genocide|white jihad|white race first|white ethno ?state|race war|great replacement|ethno ?state|aryans?|rahowa|14[ /]?88|1488|(?:14|fourteen) words
    totenkopf|black suns?|sonnenrad|sun ?wheel|ss (?:runes?|bolts?|badge|uniform|flag|lightning)|neo[ -]?nazis?|third reich|the reich|\w*[_ ]reich|sieg heil|heil hitler|hail (?:victory|the (?:gentleman|saint|awakened))|(?:hitler|roman|straight[ -]arm) salut\w+|rhyfel hil|nazi (?:salut\w+|flags?|stickers?|symbols?|music|songs?|stuff|propaganda|group|memes)
    gas the jews|jews to the gas|jews [^.!?]{0,60}gas (?:them|the lot)|(?:holocaust|six million|gas chambers) (?:\w+ ){0,3}(?:fake|hoax|lie|made up|never happened|didn'?t happen|don'?t add up|exaggerat\w+)|holocaust deni(?:al|ers?)|den(?:y|ies|ied|ying) the holocaust|mein kampf|white pride|white race|white revolution|blood and soil|race traitors?|black flags?|lone wol(?:f|ves)|national front|white survival|dylan and eric|eric and dylan|nazis and jews|(?:ss|reich) (?:division|recruits)|(?:europe|britain) is ours|call(?:s|ed|ing)? (?:them|our)selves (?:\w+ ){1,4}ss|day of the rope|acceleration(?:ism|ists?)|anarchist cookbook|siege (?:culture|pill\w*)|read(?:ing|s)? siege(?! (?:of|warfare))|(?:the|an|his) is flag|109/110|110/109|ted k(?:aczynski)?|unabomber|kahan(?:e|ist|ists|ism)|meibion glyndwr
    incels?|black ?pill(?:ed)?|femoids?|foids?|elliot rodger|supreme gentleman|day of retribution|retribution day|stacys
    (?:shot|attacked|bombed|did) (?:the|a|that|up) (?:mosques?|worshippers|synagogues?)|shot worshippers
    columbine|sandy hook|dunblane|(?:school|mass) shoot(?:er|ers|ings?)|(?:christchurch|norway|plymouth|southport|buffalo|halle|utoya) (?:shoot\w*|kill\w*|attack\w*|stabb\w*|guy|lad|man|bomb\w*|livestream|video|murder\w*)|breivik|(?:fideo|video|vid) christchurch|christchurch (?:fideo|again)|brenton|tarrant'?s (?:video|manifesto)|prais\w+ tarrant|tarrant (?:was right|did nothing)|mass killers?|mass murderers?|spree killers?|saint tarrant|christchurch forever|boston bombers?|rudakubana|dylann roof
    (?:manchester|arena|london bridge|paris|7/7|mosque) (?:bombers?|bombings?|attackers?|attacks?|killers?|shooters?)|9/11
"""
"""Words that hardly anybody says of something harmless, but in a lesson or the news."""
_LOOSE = r"""
    hitler|nazis?|nazism|fascis\w+|far[ -]right|extremis(?:m|ts?)|terrorists?|swastikas?|taliban|bombers?(?! jacket)|gunm[ae]n|manifesto|martyrs?|holocaust|nasheeds?|natsi\w*
"""
"""Words that are said of much else."""

_PRAISE = r"""
    (?:is|was|are|were|as|be|being|he'?s|they'?re|call(?:s|ed|ing)? (?:\w+ ){0,3}(?:\. )?) ?(?:a |an |the |all |true |real |like |bunch of |great |total |absolute |some sort of |actually |such )*(?:hero(?:es)?|legends?|saints?|martyrs?|lions?|gods?|goats?|kings?|right|brave|great|based|amazing|inspir\w+|misunderstood)(?! (?:now|here|about (?:school|uniform)|teacher))
    did nothing wrong|did more (?:in|for|than|to)|goes hard|fan ?(?:page|account|club)s?|only (?:real|true)|(?:had|has|have|got) (?:a point|the right idea|it right|the answer)|did the maths|well done|(?:fit|hot|innocent) and|innocent|know(?:s)? how to|take note|forever
    should (?:have|of|'?ve) (?:won|finished|killed|gone)|should (?:come back|be back|reopen|rule|happen (?:here|again))|(?:hope|hopes|hoping|wish|wishes) (?:someone|somebody|he|they|it|there)
    deserve[sd]?|had it coming|memoris\w+|off by heart|asked (?:which|how|where)|go down in history|what'?s coming|must pay|will pay|in paradise|goes? straight to heaven
    (?:openly |always )?(?:support|admir|prais|glorif|worship|idoli[sz]|celebrat|cheer|defend|justif)(?:s|es|ed|ing|y|ies|e)?\b|rate[sd]? (?:him|them|it)
    (?:hero|idol|role model|fan|fans|follower|followers|disciple)s? (?:of|is|to)|looks? up to|a great day|yn iawn|arwr|i(?:'m| am|m|'ll be) (?:the )?next|pictures? of|kill ?counts?
    (?:wants?|wanted|wanna|trying|hopes?|going|gonna|dream\w*|ready|said he'?d|says he'?ll|he'?ll|i'?ll) (?:to )?(?:be|become|do|copy|join|fight|beat|die|go|carry out|follow|marry|travel|repeat|kill)
    higher score|high score|same coat|wears the coat|countdown|next (?:one|upload)|as many as|another (?:one|columbine|dunblane|christchurch|southport)|needs a
"""
_JOIN = r"""
    recruit\w*|pledg\w+|swear(?:s|ing)? (?:in|allegiance|loyalty|to|an? oath)|swor(?:e|n) (?:in|allegiance|loyalty|to)|(?:\w+'s|been) in (?:the )?\.|(?:is|was|are|being|got) in \.|allegiance|initiat(?:ed|ion)|groom(?:ed|ing|s)|radicali[sz](?:ed|ing|er|ers)|indoctrinat\w+|brainwash\w+|recriwtio
    (?:join(?:s|ed|ing)?|in|into|member of|belongs? to|added|invited|mixed up|drawn in(?:to)?|sucked in(?:to)?|signed? up|part of) (?:to )?(?:\w+ ){0,3}(?:groups?|chats?|servers?|channels?|discord|telegram|meet\w*|march|camp|cell|brothers|lot|stuff|movement|club|training|trial|juniors?)
    (?:hand|hands|handed|handing|giv(?:es|ing)|gave|pass(?:es|ing|ed)) (?:\w+ ){0,3}(?:out|round|around)|(?:dm|inbox|message) me|dm for|(?:link|qr) in bio|(?:training|fight) (?:camp|weekend|him|them|boys|lads|kids|night)|fight(?:s|ing)? (?:for|with)|soldier for|chosen|members? of|marr(?:y|ies|ied)|husband|engaged|obey|group chats?|adding|added
    is (?:a |an )?(?:\w+ )?(?:member|in)\b|becoming|meet(?:s|up|ups|ings?)?
"""
_SPREAD = r"""
    (?:watch|shar|show|send|post|download|forward|collect|quot|recit|preach|spread|promot|push|swap|sell|print|research|read|study)(?:s|es|e|ed|d|ing)|sent|swapping|trad(?:es|ed|ing)|sketches|deliver\w*|speeches|(?:re)?tweets?|found|printer|pose|recreating|dangos|rhannu
    (?:talk|talks|talking|going on|goes on|on|banging on|nothing but|joke|jokes|joking) about|tell(?:s|ing)? (?:the |my |our |his |her )?(?:\w+ ){0,2}(?:kids|boys|girls|lads|pupils|children|students|class|sixth form\w*|year \d+s?|\d{1,2}[a-z]|them|everyone|friends|mates|son|daughter)|told (?:the |my |our |his |her )?(?:\w+ ){0,3}(?:kids|boys|girls|lads|pupils|children|students|class|sixth form\w*|year \d+s?|\d{1,2}[a-z]|them|everyone|friends|mates|son|daughter)
    videos?|vids?|clips?|livestream|propaganda|magazine|pdf|pages|livestream|memes|lock ?screen|profile pic\w*|avatar|\w* bio|username|playlist|music|wallpaper
"""
_DISPLAY = r"""
    stickers?|sticeri|leaflet(?:s|ing|ted|ting)?|taflenni|posters?|flyers?|flags?|badges?|patch(?:es)?|tattoos?|graffiti|spray\w*|daub\w*|carv(?:e|es|ed|ing)|scratch(?:ed|es|ing)|doodl\w+|draw(?:s|ing|n|ings)?|drew|salut(?:e|es|ed|ing)|saliwt|chant(?:s|ed|ing)?|wear(?:s|ing)|wore|notebook|planner|pencil case|symbols?|bag|oath|uniform|shout(?:s|ed|ing)|sing(?:s|ing)|says?|keeps saying|said|thinks|(?:they|boys|lads|kids) think|reckons|believes?|deud|dweud
"""
_PLAN = r"""
    plan(?:s|ned|ning)?|plot(?:s|ted|ting)?|target(?:s|ed|ing)?|nail bomb|bomb[ -]?making|how to make|explosives?|(?:obsess|fascinat|fixat)\w+|supporters?|songs?|(?:group|discord|server|chat|channel|page|account|club) called|list of|a list|weapons?|armed|join(?:s|ed|ing)?|leav(?:es|ing)|runs?|openly|(?:told|made|dared|asked) (?:\w+ )?to|ticket|passport|by force|wants? me to (?:do|act)|wristband|invited|asked to help|speak in the hall|burns
"""
_SOMEBODY = r"""
    mr|mrs|ms|dr|lads?|boys?|girls?|sons?|daughters?|kids?|pupils?|students?|child(?:ren)?|ds|dd|teach(?:er|ers|ing assistant)|tas?|tutor|coach|governor|caretaker|technician|cleaner|volunteer|driver|chaplain|librarian|sir|miss|head|staff|dinner lad(?:y|ies)|brother|sister|nephew|niece|cousin|grandson|granddaughter|stepson|friends?|mates?|y(?:ea)?r? ?\d{1,2}s?|\d{1,2}[a-z]|school|academy|college|sixth form\w*|class(?:es|mates?)?|form|homework|playground|gates?|parents?|mums?|dads?|pick[ -]?up|nan|ex|stepson|toilets|bl ?\d{1,2}
    mab|hogia|hogyn|bachgen|merch|plant|disgybl\w*|dosbarth|ysgol|athro|athrawes
"""
"""Whom a school is for; the school's own name counts too."""
_HARMLESS = r"""
    (?:history|re|rs|politics|english|drama|media|sociology|citizenship|pshe) (?:lessons?|trip|class|topic|homework|gcse|exam|project|week|essay|coursework|a[ -]?level|unit|paper|revision)|(?:for|at|gcse|a[ -]level|love[sd]?) (?:history|politics|modern studies|citizenship)
    (?:lessons?|assembl(?:y|ies)|workshops?|training|sessions?|units?|topics?|essays?|projects?|modules?|courses?|trips?|visits?|displays?|diss|questions?)(?: \w+){0,2} (?:on|about|why|how)|(?:an?|the|great|excellent|good|brilliant|police|prevent|officer'?s) (?:\w+ )?(?:talk|speech|session) (?:on|about|from|by)|(?:assembly|talk|workshop|lesson|speaker|visit) (?:\w+ )?(?:was|were|explained|who)
    gcses|(?:gcse|a[ -]level) (?:history|politics|paper|exam|results|essay|text|revision|course|question)|(?:for|in|doing|at|did) (?:gcse|a[ -]level)|revis(?:ion|ing)|coursework|dissertation|studying|(?:learn\w*|taught|teaching|study|read|reading) (?:\w+ )?(?:about|how|why)|it'?s taught|curriculum|syllabus|(?:doing|done|did|do) (?:nazi germany|the nazis|ww2|hitler|the holocaust|the troubles|the third reich)|ww2|world war|wwii|blitz|evacuees|anne frank
    museums?|exhibition|memorial|remembrance|survivors?|documentar(?:y|ies)|netflix|(?:a|the|that|this|war|new) films?|film (?:about|on|club|night)|movies?|novels?|reading list|(?:the|school|a) play|rehears\w+|musical|panto\w*|costume|audition\w*|jojo rabbit|striped pyjamas|sound of music|cabaret|fancy dress
    cadets?|scouts?|ccf|call of duty|wolfenstein|battlefield|video games?|playing (?:\w+ )?(?:game|wolfenstein)|quiz
    jailed|sentenced|convicted|courts?|trial (?:of|at|told|hears?|begins|opens|continues)|pleaded|guilty|inquest|inquiry|charged with|appeared (?:in|at|before)|jury|former pupil|ex-pupil|in the (?:19)?[5-9]0s|years ago|(?:on|in) the news|another school shooting|thoughts and prayers|news (?:clip|report)|o'clock news
    prevent (?:training|officer|duty|team|leads?|workshop|course|policy|strategy)|counter[- ]terroris\w+|anti[- ](?:racis\w+|fascis\w+|terror\w*|extremis\w+)|stand up to|(?:march|protest|petition|speak|speaking|stand|standing|fight|fighting|campaign)(?:es|ing)? against|condemn\w*|no place for
    (?:fought|fight|fighting|defeat\w*|bomb(?:ed|ing)|against) (?:against )?(?:isis|nazis|the nazis|daesh|the taliban|islamic state|terroris\w+|hitler)|(?:fled|flee|fleeing|escap(?:ed|ing)|refugees? from|survived|victims? of|killed by|murdered by)
    (?:stage|unarmed|mock|robot) combat
    little hitler|(?:uniform|grammar|parking|recycling|lunch ?box|homework|health and safety|soup|tie|skirt|attendance|clipboard) (?:nazi|taliban|gestapo)s?|(?:worse|stricter) than (?:hitler|the nazis|nazi)|call(?:ed|ing|s)? (?:the |my |his |her |our |me |us |him )?(?:\w+ ){0,3}(?:a |an |you |little )*(?:nazis?|fascists?|terrorists?|hitler|incels?)|(?:is|are|was) (?:a |an )?(?:nazis?|hitler) because|like (?:hitler|a nazi|nazi germany|the nazis|a terrorist)
    in (?:america|the us|the usa|the states|texas|florida|nashville|nigeria)|school council|student council|elections?|labour|tory|tories|conservatives?|reform uk|lib dems?|green party|hustings|congress|trump|liberals?|democrats|republicans
    hamster|guinea pig|rabbit|river|rowing|star of the week|goddess|ancient egypt\w*|oxford|hindu\w*|mandir|buddhis\w*|diwali|eclipse|solar|scarecrow|tudors?|henry viii|anne boleyn
    sermons?|homily|feast day|saints? day|st\.? \w+ the martyr|inner struggle|everyday life|stereotyp\w+|islamophob\w+|false accusation|wrongly|fan of history|books? (?:on|about)|mock(?:ed|ing)|spoof|asking what|asked what|(?:not|isn'?t|aren'?t) (?:an? )?(?:terroris\w+|extremis\w+|nazis?)|(?:removed|cleaned)|social worker
"""
"""What makes such words harmless in their sentence."""

_GRAVELY = r"""
    (?:do|does|did|doing|done|gives?|gave|giving) (?:the |a |that )?(?:\w+ )?(?:salut\w*|chant\w*)|saliwt|salut(?:es|ing)|(?:has|wrote|writing|written|got|posted|sharing) (?:\w+ ){0,3}\.
    (?:he|she|lad|boy|girl|son|daughter|brother|pupil|mate|kid|they)s?(?:'s|'ve| is| has| was| keeps?| are)? (?:\w+ ){0,3}(?:draw\w*|drew|carv\w*|doodl\w*|wear\w*|scratch\w*)|carv(?:e|es|ed|ing)|desks|exercise books?|by (?:the |some )?(?:same )?(?:\w+ )?(?:lads|boys|kids|pupils|students)|notebook|planner|pencil case|full of|covered in
    propaganda|tattoos?|(?:training )?camp|prais\w+|paint(?:ed|ing)|daub\w*|spray\w*
"""
_creed, _loose = pattern_of(f"{_ORGANISATIONS}\n{_CREEDS}"), pattern_of(_LOOSE)
_harmless, _somebody = pattern_of(_HARMLESS).search, pattern_of(_SOMEBODY).search
_done = pattern_of(_PRAISE + _JOIN + _SPREAD + _DISPLAY + _PLAN).search
_done_gravely = pattern_of(_PRAISE + _JOIN + _GRAVELY).search
_organisation = pattern_of(_ORGANISATIONS).search
_someone = pattern_of(
    "he|she|him|her|his|someone|somebody|prayer room|wall|reception|assembly|printer"
).search
_own_voice = pattern_of(r"""
    join (?:us|the|our|up)|dm (?:me|for|the)|inbox|message me|link in (?:my )?bio|brothers only|sign up|we train|training (?:weekend|camp|night)|(?:is|are|be) next|(?:will|shall) (?:rise|burn|fall)|is coming|inshallah|swords up|showed us the way|will fly|you will|needs you|do not obey|brothers and sisters|i(?:'m| am|m|'ll be) the next
""").search  # fmt: skip
_reported = pattern_of(r"""
    he|she|they|him|his|her|my|someone|somebody|found|worried|told|says|said|saw|seen|report\w*|anyone|kids|stickers?|leaflets?|a (?:lad|boy|girl|man|pupil)|one of|caretaker|teacher|y(?:ea)?r? ?\d{1,2}s?|pupils?|students?
""").search  # fmt: skip
_recruited = pattern_of(r"""
    recruit\w*|pledg\w+ allegiance|allegiance|recriwtio|sworn in|(?:hand|giv|pass)(?:s|es|ing|ed)? (?:\w+ ){0,3}out
""").search  # fmt: skip


_NAMESAKES = _LISTED["namesakes"]["names"]
_NAMESAKE = rf"(?P<{{}}>{'|'.join(_NAMESAKES)})"
_somebody_of_the_name = re.compile(
    rf"(?i:\b(?:mr|mrs|ms|miss|mx|dr|sir|nurse|coach|aunt(?:ie|y)|princess|(?:daughter|son|pupil|child|baby|girl|boy|sister|cat|dog)(?: is| was)?(?: (?:called|named))?),? {_NAMESAKE.format('a')}\b(?! (?:fan|support|fight)))"
    rf"|(?i:\bhouses?\b[^.!?\n]{{0,60}}\b{_NAMESAKE.format('b')}\b|\b{_NAMESAKE.format('c')} (?:house\b|\d|joins (?:us|as|the team)|(?:in|from) (?:year|yr|class|reception|nursery)\b))"
    rf"|\b{_NAMESAKE.format('d').title().replace('?P<D>', '?P<d>')} (?!Flag|Fighter|Bride|Support|Terror|Soldier|Video|Recruit|Style|Is\b|Are\b)[A-Z][a-z]"
).finditer
"""A person, a pet, a school house of the name of an organisation: “Miss Isis Turner”, “Isis 340, Osiris 322”."""


@lru_cache(maxsize=2)
def _found(creed: re.Pattern[str], p: PreparedText) -> tuple[tuple[re.Match[str], str], ...]:
    """Each hit with what stands around it, a dot in its place; a name that somebody else bears is none."""
    text = p.plain
    hits = list(islice(creed.finditer(text), _MOST_HITS))
    if any(hit[0] in _NAMESAKES for hit in hits):
        borne = {str(bearer[bearer.lastgroup or 0]).lower() for bearer in _somebody_of_the_name(p.cased)}
        hits = [hit for hit in hits if hit[0] not in borne]
    return tuple(
        (hit, f"{text[max(0, hit.start() - _REACH) : hit.start()]}.{text[hit.end() : hit.end() + _REACH]}")
        for hit in hits
    )


def _beside(hits: Iterable[tuple[re.Match[str], str]], done: Search, text: str) -> bool:
    """Does a hit or what is around it say so, and nothing in its sentence make it harmless?"""
    return any(
        (done(around) or done(hit[0])) and not _harmless(sentence_of(hit.span(), text))
        for hit, around in hits
    )


def _heard_of(p: PreparedText) -> bool:
    """Does somebody do something with a creed? With a word that is said of much else, something grave?"""
    ours = bool(_somebody(p.plain))
    if (hits := _found(_creed, p)) and (ours or _someone(p.plain)) and _beside(hits, _done, p.plain):
        return True
    return ours and _beside(_found(_loose, p), _done_gravely, p.plain)


def _recruits(p: PreparedText) -> bool:
    """Is a creed promoted by whoever writes, or an organisation said to recruit?"""
    hits = _found(_creed, p)
    named = [(hit, around) for hit, around in hits if _organisation(hit[0])]
    promoted = any(_own_voice(around) and not _reported(around) for _, around in hits)
    return _beside(named, _recruited, p.plain) or (promoted and not _harmless(p.plain))


def _named(p: PreparedText) -> bool:
    """Is a creed named in what concerns a school?"""
    return bool(_found(_creed, p) and _somebody(p.plain)) and not _harmless(p.plain)


_CAUSE = r"(?:mosques?|synagogues?|gurdwaras?|temples?|churches|masjids?|prayer rooms?|asylum (?:hotels?|seekers)|migrant hotels?|migrants?|immigrants|refugees|muslims?|jews?|hindus|sikhs|christians|kuff?ar|kaff?irs|infidels|unbelievers|non[- ]believers|women|stacys|feminists|gays|trans people|pride (?:march|parade)|police(?:men| officers)|soldiers?|mps?|politicians?|christmas market)"
_HARM = r"(?:do(?:ing)? something to|blow(?:ing)? (?:up|himself up)|bomb(?:ing)?|attack(?:ing)?|burn(?:ing)?(?: down)?|torch(?:ing)?|set(?:ting)? fire to|shoot(?:ing)?(?: up)?|behead(?:ing)?|kill(?:ing)?|murder(?:ing)?|stab(?:bing)?|run(?:ning)? over|driv(?:e|ing) (?:\w+ ){0,3}into|petrol[- ]bomb(?:ing)?|slaughter(?:ing)?|wip(?:e|ing) out|exterminat(?:e|ing)|gas(?:sing)?)"

RULES: tuple[Rule, ...] = (
    rule(
        "attack_for_a_cause",
        "It speaks of an attack planned on people for their faith, their origin, their sex or their office.",
        rf"""
        (?:plan(?:s|ned|ning)?|plot(?:s|ted|ting)?|going|gonna|about|wants?|want(?:ed|ing)|ready|wanna|(?:he|she|i|they|we)'(?:ll|d)|(?:i|we|they|mates|lads|brothers|boys|group) will|talk(?:s|ing)?|chosen|would(?! never| not)|told (?:him|her|them|us)|prepar\w+) (?:to |of |about |for |how to )?(?:\w+ ){{0,2}}?{_HARM} (?:\w+ ){{0,5}}?{_CAUSE}
        (?:death to|gas|behead|slaughter|exterminate) (?:all )?(?:the )?(?:muslims?|jews|kuff?ar|kaff?irs?|infidels|unbelievers|migrants|immigrants|refugees|race traitors|stacys)
        """,
        within=_HARMLESS,
        labels=("threat", "extremism"), severity=4, route=_POLICE, danger=True,
    ),
    rule(
        "extremism_recruits",
        "It recruits for violent extremism, or promotes it.",
        _recruits,
        needs=_creed.pattern,
        labels=("extremism",), severity=4, route=_POLICE, danger=True,
    ),
    rule(
        "extremism_heard_of",
        "Somebody may be drawn into violent extremism, or may spread it.",
        _heard_of,
        needs=f"{_creed.pattern}|{_loose.pattern}",
        labels=("extremism", "safeguarding"), severity=3, route=_SG, bare=_named,
    ),
    rule(
        "radicalised",
        "Somebody may be prepared for violence in the name of a cause.",
        r"""
        (?:go|going|goes|leav\w+|travel\w*|fly(?:ing)?|tickets? (?:\w+ )?) ?(?:to|for) (?:syria|raqqa|somalia|the islamic state|istanbul|turkey)\W[^.!?]{0,60}(?:fight|join|marry|brothers|sisters|cause|husband|not coming back)|one way to (?:istanbul|turkey|syria)|help(?:ing)? the (?:sisters|brothers)|(?:go(?:ing)? to |gonna |wants? to |will )join the (?:brothers|sisters|cause|fight(?:ers)?)\b|(?:engaged|married|promised|talking|messaging|chatting) (?:\S+ )?to a (?:man|fighter|brother|lad) in (?:idlib|syria|raqqa|iraq|afghanistan|somalia|mosul|gaza)
        fight(?:ing)? for allah|blow (?:him|her|my)self up|die for the cause|(?:soldier|fighter)s? (?:for|of) (?:the cause|allah|god|the race)
        (?:gays|muslims|jews|migrants|immigrants|refugees|foreigners|unbelievers|christians|asylum seekers) (?:\w+ ){0,3}(?:should|must|need to|deserve to|ought to|will) (?:all )?(?:be |get )?(?:wiped out|killed|exterminated|gassed|shot|hanged|hung|thrown off|stoned|raped|burn(?:ed|t)?|sent to (?:the )?camps|put (?:down|in camps))
        (?:women|females|girls in his class) (?:\w+ ){0,3}(?:deserve (?:it|to|acid|what)|are the enemy|owe (?:him|us|me|men)|(?:will|must|have to) pay|are (?:sub ?human|property)|shouldn'?t vote)
        (?:those|anyone|anybody|people|everyone) who (?:mock|insult|leave|reject|disrespect|don'?t believe)\w*[^.!?]{0,40}(?:killed|die|beheaded|burn|punished)|killing (?:soldiers|kuffar|unbelievers|jews|muslims|police\w*|civilians|teachers) is (?:allowed|halal|fine|justified|right)
        pray(?:s|ing)? for the death of|sink the boats|hang the traitors|train(?:s|ing|ed)? with (?:weapons|guns|blades)|when society collapses
        (?:democracy|voting) is (?:haram|forbidden|kufr|shirk)|(?:race|civil|holy) war (?:is )?coming|pick a side|day (?:is|'s|s) coming (?:when|for) (?:them|us|the)
        (?:(?:sister|brother|woman|man|men|people|lads|friends|someone|somebody|uncle|brothers) online|the brothers|older (?:lads|men|boys)|grown men|handler|on (?:telegram|discord|signal|a server|some server))\W+(?:[\w']+\W+){0,14}?(?:passport|tickets?|oath|sw(?:ear|orn)|bay'?ah|training camp|the cause|mission|loyalty|chosen|film (?:him|her)self|points|patch|husband)
        (?:chosen|ready|picked|told|asked|going|wants?) to (?:carry out|do) (?:an|the|his|her) attack|(?<!bath )(?<!seed )bomb[ -]making|how to (?:make|build) (?:a |an |pipe |nail )*(?:bombs?|explosives?)
        (?:do|does|doing|pull|pulling|needs?) (?:a|another) (?:columbine|southport|dunblane|sandy hook|christchurch|breivik)|(?:do|does|doing|did|gave|gives|started) (?:the|that|this) (?:\w+ )?salut\w+
        (?:we|order|group|lads|who) trains?\W[^\n]{0,160}(?:no (?:grasses|snitches|phones)|tell nobody|oath|kicks? off|war comes|knives|blades)|join us\W[^\n]{0,120}(?:no (?:grasses|snitches)|oath|knives|blades|war comes)|oath night|first oath
        """,
        within=_HARMLESS,
        labels=("extremism", "safeguarding"), severity=3, route=_SG,
    ),
)  # fmt: skip
