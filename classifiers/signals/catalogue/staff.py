"""Allegations that an adult of the school harmed a child or behaved unsafely with one."""

# ruff: noqa: E501 - a pattern has one alternative a line, however long
from __future__ import annotations

import re

from classifiers.signals.rule import PreparedText, Rule, pattern_of, rule, sentence_of
from data.types import About, Route

_SG = Route.SAFEGUARDING
_ADULT = (
    r"(?:mr|mrs|ms|miss|sir|dr|teacher|ta|coach|head|headteacher|tutor|caretaker|dinner lady|lunchtime supervisor"
    r"|teaching assistant|staff member|member of staff|staff|housemaster|matron|chaplain|driver|technician|sub|supply|governor|safeguarding lead|dsl|senco|sendco|principal|headmistress|headmaster|deputy|houseparent|housemistress|ht|coach|whoever (?:runs|is in charge of) (?:that|this|the) \w+|(?:the|that) (?:woman|man|lady|one) (?:in charge|who runs \w+ \w+))"
)
_CHILD = r"(?:child|children|kids?|weans?|bairns?|pupils?|boys?|girls?|lads?|lass(?:es)?|son|daughter|him|her|year \d+s?|y\d+s?|sixth[- ]?form(?:er|ers)?)"
_LONG_AGO = r"in the (?:19)?[4-8]0s|caned"
_NOT_HARM = r"""
    play|drama|novel|film|lessons? (?:on|about)|training|policy|fixture|football|rugby|tag|hockey|netball|panto\w*
    punch\w* the air|hit the nail|smashed it|hit (?:it off|targets?|home|hard)|grabbed (?:a|the|some|our) (?:coffee|chance|cake|attention|headlines)
"""
_BODY = r"(?:legs?|thighs?|bum|bottom|arse|breasts?|boobs?|chest|crotch|groin|privates?|private parts?|genitals?|penis|willy|fanny|vagina|knickers|pants|underwear|bra|skirt|trousers)"
_LIMB = r"(?:arms?|wrists?|legs?|hair|ears?|neck|throat|face|head|hands?|fingers?|shoulders?|back|collar|hood|jumper|coat|ponytail|cheeks?)"
_ROUGH = r"(?:pinned|dug (?:his|her|their) (?:finger)?nails in(?:to)?|twisted|pulled|yanked|hurt|tied up|taped|gagged|force[- ]fed|sat on|stamped on|shook|strangled|smacks|smacked|slaps|slapped|hits|hit|shoves|grabs|drags|kicks|hurts|restrains|chokes|punches|punched|kicked|ties|tied|(?:been|was|keeps|kept|is) (?:hitting|slapping|smacking|hurting|pinching|kicking|shoving|dragging)|throttled|head-?butted|spat (?:on|at)|scratched|pinches|pinched|pushed|pushes|shoved|dragged|grabbed|manhandled|restrained|knelt on|thumped|clipped|whacked|belted|held down|locked)"
_NO_PARENTS = r"(?! (?:parents?|mums?|dads?|families|group|chat|class rep)\b)"
_ONE_CHILD = r"(?<!\w)(?:(?:my|our|ma|oor|a|an|one|two|three|some|several|of|the|these|those|other|another|young|little|wee|small|his|her|their|your|\w+['’]s?|year \d+|y\d+) ){0,4}(?:child(?:ren)?|kids?|weans?|bairns?|pupils?|students?|boys?|girls?|lads?|lass(?:es|ies?)?|son|daughter|niece|nephew|grand(?:son|daughter|child)|(?:little |wee |baby )?(?:sister|brother)|stepson|stepdaughter|him|her|year \d+s?|y\d+s?|sixth[- ]?form(?:er|ers)?)"
_KID = rf"(?:{_ONE_CHILD}|(?:my|our|his|her|a|the|their) (?:\w+ ){{0,2}}?(?:{_CHILD}|year[- ]olds?))"
_NOT_MOVED = r"(?! with (?:(?:his|her|their) (?!(?:\w+ )?(?:hands?|fingers?|mouth|tongue|body)\b)|its|such|what|all))(?! more than)(?! and (?:a million|so many|thousands|millions)\b)"
"""Not moved by what somebody said or did."""
_A_CHILD = rf"{_ONE_CHILD}(?!\w)(?!['’]s? (?!{_BODY}\b)){_NOT_MOVED}(?! again(?:,| and| or)\b)"
"""A child as what somebody touched, and not the heart of one."""
_HIMSELF = r"(?!\.? (?:\w+(?<!ed)(?<!es)(?<!ing) )?\w+['’]s (?!been|always|got|hands?|fingers?)\w)"
"""After an adult: it is they who did it, and not their assembly."""
_KISSED = r"kiss(?:es|ed|ing)(?! (?:his|her|their) (?:own )?(?:\w+ )?(?:sons?|daughters?|child(?:ren)?|kids?|bab(?:y|ies)|grand\w+))(?! the (?:\w+ )?(?:children|kids|class) goodbye)"
"""Not one's own child, and not a whole class goodbye."""
_TOUCHED = rf"(?:touch(?:es|ed|ing)(?! (?:on|upon|base|down)\b)|{_KISSED}|grop(?:es|ed|ing)|fondl(?:es|ed|ing)|molest(?:s|ed|ing)|groom(?:s|ed|ing)|sleeping with|slept with|sexted|sexting)"
_NO_GOODBYE = r"(?!\w)(?! (?:goodbye|good ?night|better)\b)"
_OUTRIGHT = r"(?:grop(?:es|ed|ing)|fondl(?:es|ed|ing)|molest(?:s|ed|ing)|felt up|raped|sexually (?:assaulted|abused|touched)|exposed himself to|touch(?:es|ed|ing) up)"
_PRIVATELY = r"(?:at night|at midnight|(?:at|after|past) (?:1[0-2]|[1-4]) ?(?:am|pm|at night)|in the (?:middle of the )?night|privately|late|on snap\w*|heart|kisses)"
_OF_HIMSELF = r"(?:of (?:(?:himself|herself)(?! (?:at the (?!(?:pool|gym|beach|weekend|end|side|door|window|time)\b)|in front of the (?!(?:mirror|camera|bathroom)\b)|(?:up|climbing|reading|running|skiing)\b))|his (?:\w+ )?(?:body|chest|penis|dick|cock|bits|underwear)|her (?:\w+ )?(?:body|chest|breasts|underwear))|(?:in|wearing) (?:only )?(?:his|her) (?:pants|boxers|underwear|bra))"
_PICTURES = r"(?:nudes?|(?:\w+ )?(?:pictures?|pics?|photos?|videos?|selfies?|snaps?|messages|texts))"
_ONLY_ONE = r"(?:my|our|a|her|his|their|one) (?:\w+ ){0,2}(?:daughter|son|niece|nephew|sister|brother|girl|boy|child|pupil|student|lad|lass|kid|year \d+|y\d+)(?! (?:class|assembly|parents|teachers?)\b)"
_UNDONE = r"""
    (?:not|isn'?t|never|no) (?:a |an )?(?:paedo|pedo|nonce|groomer|paedophile|child molester)|cleared|sentenced|jailed|convicted
    (?:so|very|really|deeply) touched|proposed|bride|wedding
"""
_NO_MORE_THAN_TOLD = r"""
    (?:in|of|for) (?:the|their|our|a|his|this|that|act) (?:\w+ )?(?:play|panto\w*|film|novel|musical|production|scene|drama|nativity)|macbeth|romeo|juliet
    lessons? (?:on|about)|training|workshop|novel|film|plays? (?:a|the|her|him) \w+|stage kiss|mistletoe
"""
_NAME = r"(?<![\w'’-])(?!(?:Mr|Mrs|Ms|Miss|Mx|Dr|Sir|Father|Santa|Saint|St|Mother|Baby|Our|My|The|Lady|Lord|Snow|Prince|Princess|Holy|Sleeping|Year|Class|Key|Dear|Deputy|Then|When|And|But|Primary|School)\b)[A-Z][\w'’-]+ (?!(?:Primary|School|Academy|College|Infants?|Juniors?|High|Parents?|Mums?|Trip|Choir|Zoo|Farm|Christmas|Claus|Bear)\b)[A-Z](?:[\w’-]|'(?!s\b))+"
"""A first name and a surname, as they are written."""
_NAMED_DID = re.compile(
    rf"{_NAME}(?!['’]s)(?i:,?(?: (?:who|that|from|at|of|in)(?: [\w'’-]+){{1,6}}?,?)?(?: (?:has|had|was|is|keeps?|kept|been|always|also|then|just|again|once|sexually|inappropriately|repeatedly)){{0,4}} {_TOUCHED} {_A_CHILD})"
    rf"|(?i:{_ONE_CHILD} (?:was|were|been|being|got|is) (?:{_TOUCHED}|touched up|felt up|raped)(?: \w+){{0,3}} by ){_NAME}(?!['’]s)"
    rf"|{_NAME}(?!['’]s)(?i:(?: (?:has|had|was|is|keeps?|kept|been|always|also)){{0,4}} (?:messag(?:es|ed|ing)|text(?:s|ed|ing)|sen(?:ds?|t|ding) {_PICTURES} to) {_ONE_CHILD}{_NO_PARENTS}(?: \w+){{0,4}} (?:at night|in the (?:middle of the )?night|privately|on snap\w*)(?!\w))"
    rf"|{_NAME}(?!['’]s)(?i:(?: (?:has|had|was|is|keeps?|kept|been|always|also)){{0,4}} sen(?:ds?|t|ding) {_PICTURES} {_OF_HIMSELF} to {_ONLY_ONE})"
)
_SAID_OUTRIGHT = pattern_of(rf"""
    (?:put|puts|putting|had|has|got|stuck|slid|shoved) (?:his|her|their) (?:hands?|fingers?) (?:\w+ )?(?:up|down|inside|under|underneath|between|in) (?:(?:my|our|a|the|one|her|his|their) (?:\w+ ){{0,2}}(?:daughter|son|girl|boy|child|pupil|lad|niece|nephew|sister|brother|kid)s?['’]?s?['’]?) (?:\w+ )?(?:skirt|dress|trousers|shorts|pants|knickers|top|shirt|blouse|bra|leggings|tights|legs|underwear)
    (?:put|puts|putting|had|has|got|stuck|slid|shoved) his (?:hands?|fingers?) (?:\w+ )?(?:up|down|inside|under|underneath) (?:her|my) (?:\w+ )?(?:skirt|dress|trousers|pants|knickers|top|bra|leggings|tights|underwear)
    {_OUTRIGHT} (?:my|our|ma) (?:\w+ ){{0,2}}(?:daughter|son|girl|boy|child|lad|niece|nephew|sister|brother|kids?|grand\w+)
    (?:my|our|ma) (?:\w+ ){{0,2}}(?:daughter|son|girl|boy|child|lad|niece|nephew|sister|brother|grand\w+) (?:was|were|been|being|got|is|has been|had been) (?:groped|fondled|molested|raped|touched up|felt up|sexually (?:assaulted|abused|touched)|touched (?:inappropriately|sexually|between (?:the|her|his) legs))
    (?:(?:grown |old |older |strange )?man|bloke|lifeguard|coach driver|bus driver|vicar|priest|grandad|stranger) (?:[\w'’]+ ){{0,6}}(?:touch(?:es|ed|ing)|grop(?:es|ed|ing)|fondl(?:es|ed|ing)|(?<!grandad ){_KISSED}|molest(?:s|ed|ing)) (?:(?:my|our|a|the|one|two|some|of|little|young|small) ){{0,4}}(?:daughter|son|girls?|boys?|child|children|kids?|pupils?)(?!\w)(?!['’]s? (?!{_BODY}\b)){_NOT_MOVED}
    sen(?:t|ds?|ding) (?:\w+ ){{0,4}}(?:pictures?|pics?|photos?|videos?) of (?:his|her) (?:\w+ )?(?:penis|dick|cock|willy|boaby|privates|genitals|breasts|boobs)
    (?:man|bloke|dad|father|stranger|caretaker|teacher|somebody|someone|adult) (?:[\w'’]+ ){{0,6}}(?:film(?:s|ed|ing)|photograph(?:s|ed|ing)|record(?:s|ed|ing)|watch(?:es|ed|ing)|spy(?:ing)? on) (?:(?:my|our|a|the|little|young|some|year \d+) ){{0,3}}(?:daughter|son|girls?|boys?|child|children|kids?|pupils?|(?:little )?ones) (?:\w+ ){{0,3}}(?:in|through|into) (?:the |a |their )?(?:\w+ )?(?:toilets?|changing rooms?|showers?|loos?|cubicles?|bedrooms?|dorms?)
    """)
_harmless = pattern_of(rf"""
    {_UNDONE}
    macbeth|romeo|juliet|stage kiss|mistletoe
    (?:they'?re|they are|both) (?:both |only |aged? )*(?:three|four|five|six|[3-6])|sweethearts?|valentine'?s?
    """).search
_TOUCHES = r"touch|kiss|grop|fondl|molest|groom|sle(?:pt|eping) with|sext|felt up|raped|exposed himself|sexually|messag|text|sen[dt]|hand|finger|film|photograph|record|watch|spy"

_NO_THING = r"(?!\w)(?!['’]s\b)(?! (?:\w+ )?(?:coats?|jumpers?|bags?|books?|kit|work|homework|shoes?|bottles?|lunch(?: ?box)?|phones?|trainers?|glasses|places?|name|photos?|report|letter|form|certificate)\b)"
"""After a child: it is not a thing of theirs that was lost."""
_OUT = r"(?:trips?|museum|zoo|farm|park|beach|pool|walk|outing|woods?|shop|shops|station|bus|coach|minibus|visit|playground|field|gallery|castle|theatre|services|baths|library|cinema|changing rooms?|toilets?|hall|classroom|car park)"
_ALONE = r"(?:alone|unsupervised|unattended|on (?:his|her|their) own|by (?:him|her|them)sel\w+|all by|with no (?:adult|one|staff|supervision)|outside (?:in the|on the|alone|after|for)|in the (?:dark|rain|cold|snow))"
_CUES = r"own (?:wee|poo|urine|mess)|soiled|soaking|in w(?:et|ee)|locked|locks|shut |strapped|on the (?:bus|coach|minibus)|at the (?:museum|pool|zoo|farm|park|services)|(?:lost|mislaid|misplaced|forgot|forgotten|left) (?:my|our|ma|oor|a|an|one|two|three|some|several|of|the|these|those|other|another|young|little|wee|small|his|her|him|their|your|\w+['’]s|year|y\d|child|kids?|weans?|bairns?|pupils?|students?|boys?|girls?|lads?|lass|sixth)|alone|unsupervised|unattended|on (?:his|her|their) own|by (?:him|her|them)sel|all by|with no|outside (?:in|on|after|for)|in the (?:dark|rain|cold|snow)|stranger|wrong |(?:some(?:one|body)|a man|a woman|people) (?:else|that|we|i|he|she|not)|not on the|at (?:lunch|break|dinner)|and (?:no ?one|nobody)|without any|(?:no ?one|nobody) (?:even )?(?:noticed|knew|saw|realised)|found (?:by|on|at|in|wandering|him|her|my|our|a|the)|(?:brought|picked up|returned) (?:him|her|my|our|a|the)|ambulance|defib|paramedic|collapsed|breathing|unconscious|unresponsive|allerg|anaphyla|epi-?pen|coeliac|celiac|(?:broke|broken|fractured|split|smashed|burnt|burned|scalded|cut open|knocked out) (?:his|her|their|both)"
"""One of these is in whatever tells of a child who was left."""
_FOOD = r"(?:nuts?|peanuts?|peanut butter|milk|dairy|cheese|eggs?|gluten|sesame|cashews?|wheat|bread|fish|prawns?|soya|ice cream|chocolate|biscuits?|cakes?|nutella)"
_ALLERGY = r"(?:allerg\w*|anaphyla\w*|epi-?pens?|coeliac|celiac)"
_PUT = r"found|finds?|finding|got|gets?|puts?|putting|left|leaves?|leaving|stuck|sticking|hung|hangs?|drawn|drew|draws?|wrote|written|writes?|writing|scratched|carved|sprayed|taped|pinned|hid|hides?|poured|smeared|tipped|threw|stuffed|shoved"
_NASTY = r"(?:nooses?|ropes?|razor ?blades?|razors?|blades?|spit|urine|piss|poo|shit|shite|faeces|sanitary (?:towels?|pads?)|tampons?|dead (?:mouse|rat|bird|fly|flies|animal|fish|spider|frog)s?|pigs? (?:head|ears?|trotters?)|bacon|ham|monkeys?|gorillas?|swastikas?|dog food|nappy|nappies|bleach|condoms?|maggots|worms|rubbish|kill yourself|kill urself|die|fat|ugly|freak|slags?|snitch|grass|tramp|pig|rats?|loser|smelly|nobody likes)"
_WHOSE = r"(?:his|her|their|my|our|(?:my|our|a|the|one|another) (?:\w+ )?(?:sons?|daughters?|child|kid|girl|boy|lad|pupil|friend|brother|sister)['’]?s?['’]?|\w+['’]s)"
_PLACE = r"(?:pegs?|desks?|lockers?|(?:school ?)?bags?|rucksack|lunch ?box(?:es)?|trays?|coats?|hood|chairs?|shoes?|pencil case|books?|pillow|drawers?|bunk|bed|blazer|seat|pe kit|kit|trousers|hair|drink|bottle|lunch|sandwich(?:es)?|food)"


def _molested(p: PreparedText) -> bool:
    """Somebody named touched a child, or somebody did so in a way that has no other meaning."""
    return any(
        not _harmless(sentence_of(hit.span(), text).lower())
        for hits, text in ((_NAMED_DID, p.cased), (_SAID_OUTRIGHT, p.plain))
        for hit in hits.finditer(text)
    )


RULES: tuple[Rule, ...] = (
    rule(
        "staff_sexual",
        "An adult of the school is said to have behaved sexually with a child.",
        rf"""
        {_ADULT}{_HIMSELF}\.? (?:\w+\W+){{0,10}}{_TOUCHED} {_A_CHILD}
        (?:sir|miss|mr \w+|mrs \w+|ms \w+|my (?:\w+ )?(?:teacher|tutor|coach)) (?:\w+ ){{0,2}}(?:touch(?:es|ed|ing)|grop(?:es|ed|ing)|kiss(?:es|ed|ing)|fondl(?:es|ed|ing)) (?:me|us)(?! (?:deeply|with|by|so|greatly|all|on the (?:arm|shoulder)))
        {_ONE_CHILD} (?:was|were|been|being|got|is) (?:touched(?: up)?|groped|fondled|kissed|molested|raped|felt up|sexually (?:assaulted|abused))(?: (?:\w+ ){{0,4}}| )by (?:a |the |his |her |their |my )?(?:\w+ ){{0,2}}{_ADULT}(?!\w)(?!\.?(?: \w+)?['’]s)(?! (?:\w+ )?\w+ing\b)(?! who (?:sent|gave|made|wrote|sang|remembered|came))
        {_ADULT} (?:\w+\W+){{0,8}}(?:relationship|sex|affair) with (?:a |the |an? \w+ )?(?:pupil|student|girl|boy|year \d+|sixth former|child|y\d+)
        {_ADULT} (?:\w+\W+){{0,6}}(?:is|was|'s) (?:a |an |the )?(?:\w+ )?(?:paedo|pedo|nonce|groomer|paedophile|child molester)
        (?:mr \w+|sir|headmaster) kiss(?:es|ed|ing) her (?:\w+ )?(?:son|daughter|child|kid|boy|girl)s?{_NO_GOODBYE}
        (?:mrs|miss|ms) \w+ kiss(?:es|ed|ing) his (?:\w+ )?(?:son|daughter|child|kid|boy|girl)s?{_NO_GOODBYE}
        {_ADULT}{_HIMSELF}\.? (?:\w+\W+){{0,6}}(?:rub(?:s|bed|bing)|strok(?:es|ed|ing)|squeez(?:es|ed|ing)) {_ONE_CHILD}['’]?s?['’]? (?:\w+ )?{_BODY}(?!\w)(?![^.!?\n]{{0,60}}\b(?:cramps?|sore|hurt|better|warm|dry|cream|fell|pulled|growing)\b)
        {_ADULT} (?:\w+\W+){{0,4}}(?:had|has|got|with) his hands all over (?:\w+ ){{0,3}}{_CHILD}
        (?:paedo|pedo|nonce|paedophile) (?:teacher|head|ta|caretaker|coach)
        {_ADULT} (?:\w+\W+){{0,8}}(?:messag(?:es|ed|ing)|text(?:s|ed|ing)|snapchats?|dms?|adds?|added|sen(?:ds?|t|ding) {_PICTURES} to) (?:\w+ ){{0,3}}(?:girls|boys|pupils|year \d+s?|y\d+s?|my daughter|our daughter|my son|our son|kids|girl|boy|pupil|child){_NO_PARENTS}(?: \w+){{0,4}} {_PRIVATELY}
        {_ADULT} (?:\w+\W+){{0,8}}sen(?:ds?|t|ding) {_PICTURES} {_OF_HIMSELF} to {_ONLY_ONE}
        {_ADULT} (?:\w+\W+){{0,8}}sen(?:ds?|t|ding) {_ONLY_ONE} (?:nudes|(?:\w+ )?(?:pictures?|pics?|photos?|videos?) {_OF_HIMSELF})
        """,
        within=_UNDONE + _NO_MORE_THAN_TOLD,
        labels=("safeguarding", "sexual"), severity=4, route=_SG, about=About.STAFF, danger=True,
    ),
    rule(
        "child_molested",
        "Somebody is said to have touched or kissed a child, or to write to one at night.",
        _molested,
        needs=_TOUCHES,
        labels=("safeguarding", "sexual"), severity=4, route=_SG, danger=True,
    ),
    rule(
        "staff_hurt_child",
        "An adult of the school is said to have hurt a child.",
        rf"""
        {_ADULT}\W+(?:\w+\W+){{0,6}}(?:hit|hits|slapped|slaps|smacked|smacks|grabbed|grabs|dragged|drags|shoved|pinched|pinches|kicked|yanked|yanks|pinned|threw|strangled|choked|punched) (?:\w+ ){{0,3}}(?:{_CHILD}|my|our|by the (?:arm|hair|collar|neck|hood|wrist))
        {_ADULT}\W+(?:\w+\W+){{0,8}}?(?:{_ROUGH} {_KID}(?!\w)(?!['’]s? (?!{_LIMB}\b)){_NOT_MOVED}|(?:put|had|has|with) (?:his|her|their) hands? (?:a?round|on|over|to) {_KID}['’]?s?['’]? (?:neck|throat|mouth|face)|(?:threw|chucked|launched|lobbed) (?:a |an |the )?(?:chair|book|shoe|board rubber|pen|ruler|bottle|stapler|keys|scissors|table|desk) (?:right )?(?:at|into) {_KID}|(?:taped|gagged|covered) {_KID}['’]?s?['’]? (?:mouth|nose))
        (?:{_KID}|he|she|they) (?:was|were|been|being|got|is) (?:taped|tied|strapped|dragged|held down|force[- ]fed|shaken|locked|pulled|hauled) (?:\w+ ){{0,9}}?by (?:a |the |his |her |their )?(?:\w+ )?{_ADULT}
        {_ADULT}\W+(?:\w+\W+){{0,8}}?(?:took|taken|takes|caught|held|holds|gripped|has|had|picked|lifted|walked|led) (?:hold of )?(?:{_KID}|a|my|our|me)(?: \w+){{0,3}}?['’]?s? (?:up )?(?:(?:by|gerfydd) (?:the|his|her|its) (?:\w+ )?)?(?:ears?|hair|throat|neck|collar|scruff)\b
        {_ADULT}\W+(?:\w+\W+){{0,3}}?dug (?:his|her|their) (?:finger)?nails in(?:to)? my\b
        {_ADULT}\W+(?:\w+\W+){{0,6}}?(?:won'?t|wouldn'?t|refus(?:es|ed|ing) to|will not|would not|doesn'?t|didn'?t|never) (?:let|allow|give|gave) (?:{_KID}|me|us)(?: to)?(?: have| use| take)? (?:(?:his|her|their|my|any|the) )?(?:inhaler|insulin|pump|medication|medicine|epi-?pen|tablets|water|food|lunch)\b
        {_ADULT}\W+(?:\w+\W+){{0,8}}?(?:took|takes|confiscated|hid|threw|binned) (?:his|her|their|my) (?:inhaler|insulin|epi-?pen|diabet\w+ kit|medication|feeding tube|hearing aids?|glasses|walking frame)
        {_ADULT}\W+(?:\w+\W+){{0,3}}?took {_KID} into (?:that|the|his|her) (?:\w+ )?(?:office|room|cupboard)[^.!?\n]{{0,40}}?[^\w.!?\n]came (?:out|home|back)[^.!?\n]{{0,30}}?[^\w.!?\n](?:shaking|bleeding|split lip|bruis\w+|black eye|marks?|limping|crying)
        tape (?:over|across|on) (?:a |the |my |our |his |her |their )?(?:(?:child|kid|son|daughter|boy|girl|pupil)(?:ren)?['’]?s?['’]? )?(?:mouths?|lips)
        (?:sits?|sat|sitting) on (?:the )?(?:\w+ )?(?:heads?|head ?teachers?|head ?masters?|teachers?|sirs?|misses|caretakers?|mr \w+?)['’]?s? (?:knee|lap)
        {_ADULT}\W+(?:\w+\W+){{0,2}}?(?:smacks|slaps|hits|beats|kicks|grabs|drags|pinches|shoves|belts|whacks) (?:them|'?em|us|kids|children)\b(?! (?:out of the park|for six|up|with|where|hard with|off|on the (?:back|shoulder|head)|a lesson))
        {_ADULT}\W+(?:\w+\W+){{0,4}}?(?:ma(?:de|kes)|forc(?:ed|es)) (?:{_KID}|them|us|me|the (?:boys|girls|lads|kids))(?: to)? (?:strip|undress|get undressed|kneel|stand naked|lick|eat (?:it|his|her) (?:off|sick|vomit))\b
        (?:ties?|tied|tying) (?:him|her|them|{_KID}) (?:in|into|to) (?:a|the|that|his|her) (?:\w+ )?(?:chair|seat|bed|radiator|table|wheelchair|buggy)
        bite marks?(?!\w)[^.!?\n]{{0,40}}?[^\w.!?\n](?:an adult|a grown|(?:isn'?t|not|ain'?t|isnt) (?:a |an? other )?(?:child|kid))
        cover(?:s|ed|ing)? up for (?:a|the|that|an) (?:\w+ )?(?:monster|paedo\w*|nonce|abuser|pervert|predator|groomer|beast)
        what the (?:wooden spoon|cane|slipper) is for
        (?:hit|slapped|smacked|punched|kicked|shoved|grabbed|pushed) (?:a|another|one of the|two|some) (?:\w+ )?{_CHILD} (?:\w+ ){{0,3}}?(?:in|during|at) (?:the )?(?:assembly|class|lesson|corridor|lunch|dinner hall|playground)\W[^.!?]{{0,40}}?\b(?:kids|everyone|everybody|loads|staff) (?:saw|watched|seen)
        (?:head|headteacher|teacher|ta|deputy|caretaker|coach|tutor|mr \w+|mrs \w+|miss \w+|ms \w+|dr \w+|staff) (?:\w+ )?(?:admitted (?:to )?(?:hitting|slapping|grabbing|smacking|pushing|hurting)|left (?:a |the )?(?:red |big )?(?:marks on|bruis\w+|hand ?print))
        (?:hand ?print|finger ?marks?|bruis\w+|marks (?:on|all)|scratch(?:es)?|welts?)\W[^\n]{{0,80}}?\b(?:{_ADULT}) (?:did|done|grabbed|held|hit|slapped|smacked|admitted|dug|pinched)
        (?:he|she|they) (?:has |have |'s )?admitted (?:to )?(?:hitting|slapping|smacking|grabbing|shoving|pushing|hurting|dragging|pinching|kicking) (?:him|her|them|my|our|a|the) ?
        (?:was|been|got|is|being) (?:hit|slapped|smacked|punched|strangled|choked|grabbed|dragged|shoved|pinched|kicked|yanked|pinned|locked in|thrown) (?:\w+ ){{0,4}}by (?:a |the |his |her |their )?(?:\w+ )?{_ADULT}
        """,
        unless=_LONG_AGO,
        within=_NOT_HARM + r"""
        pulled (?:my|our|his|her|a|the) (?:\w+ )?(?:aside|up on|out of class to (?:praise|celebrate)|in for|through)|stops?|stopped|out of (?:the )?(?:way|road|path|water|pool)|coat on|restrained (?:him|herself|himself)|feelings|pushed (?:him|her|them|my \w+|our \w+|the \w+) (?:to|on|hard|academically|further|harder|forward|for|out of (?:his|her|their) comfort)
        pulled (?:him|her|them|my \w+|our \w+) (?:up|through|out|in|along)|(?:hit|hits) (?:him|her|them) (?:that|how|with (?:the|a) (?:ball|news|bill|detention))|shook (?:his|her|my|our|their|every)(?: [\w'’]+)?(?: \w+)? hands?|hit (?:the|a) ball|\w['’]s (?:coat|bag|hat|scarf|book|phone|lunch|scooter|homework|work)|sleeping bags?|held down a job
        """,
        labels=("safeguarding",), severity=3, route=_SG, about=About.STAFF,
    ),
    rule(
        "staff_overfamiliar",
        "An adult of the school is said to seek children out in private.",
        rf"""
        {_ADULT} (?:\w+\W+){{0,8}}(?:gives?|gave|giving|offers?|offered) (?:\w+ ){{0,4}}(?:girls?|boys?|pupils?|kids?|year \d+s?|y\d+s?|daughter|son) (?:\w+ ){{0,2}}(?:lifts?|presents|gifts|rides?|alcohol|drink|vapes?)
        {_ADULT} (?:\w+\W+){{0,10}}(?:alone|by themselves|door (?:shut|locked|closed)) (?:\w+ ){{0,3}}with (?:\w+ ){{0,3}}(?:girls?|boys?|pupils?|a child|kids?)
        {_ADULT}\W+(?:\w+\W+){{0,6}}?(?:tells?|told|says? to|said to|telling) (?:them|her|him|me|us|the (?:girls?|boys?|kids?)|my (?:daughter|son)) (?:that )?(?:no ?one|nobody) (?:will|would|is going to|'ll|else will) (?:ever )?believe(?! (?:how|what|it|that|the|this)\b)
        {_ADULT}\W+(?:\w+\W+){{0,6}}?(?:has|had|got|keeps|kept|takes|taking|took) (?:\w+ ){{0,2}}(?:pics?|photos?|pictures|videos?)(?: of)?(?: \w+){{0,4}}? on (?:his|her|their) (?:own|personal|private) phone
        {_ADULT}\W+(?:\w+\W+){{0,8}}?(?:shar(?:es?|ed|ing)|slept|sleeps|sleeping) (?:(?:a|in the|in a|in|the same) )?(?:\w+ )?(?:room|bed|tent|dorm) (?:with|of) (?:\w+ ){{0,2}}(?:girls?|boys?|pupils?|lads?|kids?|students?|year \d+s?)
        {_ADULT}[^.!?\n]{{0,60}}?[^\w.!?\n](?:my|our|his|her) (?:little )?(?:secret (?:friend|game)|special secret)
        {_ADULT}\W+(?:\w+\W+){{0,4}}?(?:gives?|gave|giving|sold|sells|selling|offer(?:s|ed)) (?:us|them|me|(?:my|our|the|some|a|his|her) (?:\w+ )?(?:mates?|friends?|son|daughter|lads?|girls?|boys?|kids?|pupils?|year \d+s?|y\d+s?)|year \d+s?|y\d+s?) (?:some |his |her )?(?:weed|drugs|vapes?|alcohol|vodka|beers?|wine(?! gums)|ket|coke(?! zero)|pills|spice|edibles)\b
        {_ADULT}\W+(?:\w+\W+){{0,4}}?(?:invit(?:es?|ed|ing)|had|took|takes|brought|asks?|asked) (?:\w+ ){{0,4}}?(?:girls?|boys?|pupils?|lads?|kids?|daughter|son|students?|year \d+s?|y\d+s?|me|us|him|her)(?: \w+){{0,2}} (?:to|round|back to|over to) (?:his|hers?) (?:own )?(?:flat|house|home|place|gaff|caravan|hotel room|bedroom)\b
        {_ADULT}\W+(?:\w+\W+){{0,4}}?(?:buys?|buying|bought|gets?|sells?|sold) (?:us|them|the (?:girls?|boys?|kids?)|year \d+s?|y\d+s?) (?:\w+ )?(?:vodka|beers?|wine|alcohol|booze|cider|vapes?|weed|cigs|fags)
        (?:told|tells|telling|asked) (?:them|her|him|the (?:girls?|boys?|kids?)|my (?:daughter|son)) not to (?:tell|say)
        """,
        within=r"surprise|fundrais\w*|house points|prize|golden ticket|charity|policy|novel|party",
        labels=("safeguarding",), severity=3, route=_SG, about=About.STAFF,
    ),
    rule(
        "staff_drunk",
        "An adult of the school is said to have been drunk or drugged in charge of children.",
        rf"""
        {_ADULT} (?:\w+\W+){{0,8}}(?:drunk|stinking of (?:drink|booze|alcohol)|reeking of (?:drink|booze|alcohol)|hammered|paralytic|high as a kite|on drugs) (?:\w+\W+){{0,10}}(?:class|trip|lesson|duty|school|playground|bus|minibus|nursery|kids|children|ferry|assembly)
        {_ADULT} (?:\w+\W+){{0,4}}(?:reek\w*|stank|stunk|stink\w*|smel\w*) of (?:drink|booze|alcohol|wine|whisky|vodka|beer|gin)
        smell(?:ed|s|t|ing)? of (?:drink|booze|alcohol|wine|vodka) (?:\w+\W+){{0,10}}(?:class|trip|lesson|duty|school|playground|nursery|kids|children|teaching)
        """,
        within=r"pto|quiz|staff (?:do|party|night)|prosecco|pub|play|drama|punch[- ]drunk|fundrais\w*",
        labels=("safeguarding",), severity=3, route=_SG, about=About.STAFF,
    ),
    rule(
        "child_left",
        "A child is said to have been left, lost, locked in, let go, or hurt and not helped.",
        rf"""
        (?:left|sat|kept|made to sit) (?:\w+ ){{0,5}}(?:in (?:his|her|their) own (?:wee|poo|urine|mess)|soiled|soaking|in wet|in wee)
        (?:locked|shut) (?:\w+ ){{0,4}}in (?:a|the) (?:cupboard|room|store|toilet|isolation|dark|calm room|pod)
        (?:locked|locks|shut) (?:him|her|them|(?:my|our|his|her|a|the) (?:\w+ )?(?:son|daughter|boy|girl|lad|child|kids?|children)) in(?:to)? (?:a|the|that|his|her|their) (?:\w+ ){{1,2}}?(?:cupboard|room|office|store|toilets?|studio|shed)
        (?:left|found|still) strapped (?:in|into|on|to)(?: \w+){{0,5}}? (?:bus|minibus|taxi|coach|chair|buggy|seat)
        (?:left|forgotten|forgot) (?:\w+ ){{0,4}}(?:on the (?:bus|coach|minibus)|at the (?:museum|pool|zoo|farm|park|services))
        (?:lost|mislaid|misplaced|forgot|forgotten|left) {_KID}{_NO_THING} (?:\w+ ){{0,4}}?(?:on|at|in|during|behind (?:on|at|in)) (?:the |a |their |our |that )?(?:\w+ ){{0,2}}?{_OUT}
        (?:{_CHILD}|year[- ]olds?){_NO_THING},? (?:\w+ ){{0,2}}?(?:was |were |been |being |got |is |gets? |get )?(?:left|dumped|abandoned) (?:\w+ ){{0,7}}?{_ALONE}
        (?:left|leaving) {_KID}{_NO_THING} (?:\w+ ){{0,7}}?{_ALONE}
        (?:sen[dt]|sends|sending|hand(?:ed|ing)|gave|giving|let|letting|releas(?:ed|ing)|put) {_KID}{_NO_THING} (?:\w+ ){{0,4}}?(?:with|to|over to|on) (?:a |an |the |some )?(?:complete |total |random )?(?:strangers?|wrong (?:\w+ )?(?:parents?|person|adult|family|mum|mam|dad|man|woman|uncle|nan|gran|bus|taxi|coach|house)|(?:some(?:one|body)|a man|a woman|people) (?:else|(?:that )?(?:we|i|he|she) (?:do|does|did|had|have)(?:n'?t| not| never)|not on the))
        (?:let|letting|allow(?:ed|ing)|watched) {_KID}{_NO_THING} (?:to )?(?:walk|wander|run|get|go|leave|climb|escape|stroll)(?:ed|ing)? (?:out|off|away|through|over|straight) (?:\w+ ){{0,8}}?(?:{_ALONE}|at (?:lunch|break|dinner)(?:time)?)
        (?:{_CHILD}|year[- ]olds?){_NO_THING} (?:just |has |had |was able to )?(?:got|get|wandered|walk(?:ed)?|climbed|ran|escaped|slipped|strolled) (?:out|off|away|through|over) (?:\w+ ){{0,9}}?(?:and (?:no ?one|nobody)|without (?:anyone|anybody)|(?:no ?one|nobody) (?:noticed|knew|saw|realised)|found (?:by|on|at|in|wandering))
        (?:police|a neighbour|a driver|a stranger|a dog walker|passer ?by|postman|someone) (?:\w+ )?(?:found|brought|picked up|returned) (?:him|her|{_KID}) (?:\w+ ){{0,4}}?(?:by|on|near|at|in|from|down|wandering|walking) (?:the |a )?(?:\w+ )?(?:river|canal|road|street|carriageway|railway|bypass|motorway|roundabout|bus stop|car park|bridge|town|park|beach)
        (?:ambulance|defib\w*|paramedics?) (?:is |are |was |were |out |here |called )*for {_ONE_CHILD}|{_CHILD}{_NO_THING} (?:has |had |just |is |was )*(?:collapsed|not breathing|stopped breathing|unconscious|unresponsive) (?:in|at|on|and|after|outside|during)
        (?:no ?one|nobody) (?:even )?(?:noticed|knew|realised) (?:that )?(?:he|she|they|{_KID}) (?:was|were|had|wasn'?t|weren'?t) (?:even )?(?:missing|gone|left|there|back|on the)
        (?:gave|given|giving|fed|feeding|served) (?:him|her|{_KID}){_NO_THING} (?:\w+ ){{0,6}}?{_FOOD}[^!?\n]{{0,80}}? {_ALLERGY}
        {_ALLERGY}[^!?\n]{{0,80}}? (?:gave|given|fed|served|handed) (?:him|her|{_KID}|it to (?:him|her)|a|the)\b[^!?\n]{{0,40}}
        (?:broke|broken|fractured|split|smashed|burnt|burned|scalded|cut open|knocked out) (?:his|her|their|both) (?:\w+ )?(?:arms?|legs?|wrists?|collar ?bone|head|lip|chin|teeth|tooth|fingers?|hand|ankle|elbow|nose|foot|skull)\b[^!?\n]{{0,80}}? (?:no ?one|nobody|didn'?t|never|not|without|no) (?:\w+ ){{0,4}}?(?:rang|ring|phoned?|calls?|called|told|tell|noticed|ambulance|first aid)
        """,
        needs=_CUES,
        within=r"""
        hamster|tortoise|coat|jumper|bag|pe kit|lunch ?box|water bottle|hoodie|trophy|keys|policy|escape room|play|hide and seek|novel|film|game|match|matches|league|tooth fairy|years ago|in the (?:19)?[5-9]0s
        (?:never|not|without|nobody|no ?one|n'?t|instead of|no child\w*) (?:\w+ ){0,3}?(?:left|leav\w+|lost|locked|sen[dt]|let|letting|alone)|left (?:\w+ )?(?:alone )?(?:in peace|to (?:it|get on|read|play|enjoy|explore))|(?:wants?|wanted|likes?|asked|begged) to be left|grown ups|both sides|sides should|vaulting|wet beds|what age|is it (?:ok|legal|safe)|(?:hates|worries|scared of|afraid of) being|left (?:him|her|them|me|us) alone(?! (?:in|at|on|all|for|again|outside|with|there))|left (?:him|her|them) and (?:his|her|their)
        """,
        labels=("safeguarding",), severity=3, route=_SG, about=About.STAFF,
    ),
    rule(
        "bullied_by_a_thing",
        "Something was put, written or done to what is a child's, to hurt them.",
        rf"""
        (?:{_PUT}) (?:\S+ ){{0,6}}?{_NASTY} (?:\S+ ){{0,5}}?(?:in|on|into|to|inside|over|from|round|around|under|through) {_WHOSE} (?:\w+ )?{_PLACE}
        {_WHOSE} (?:\w+ )?{_PLACE} (?:\w+ ){{0,4}}?(?:covered (?:in|with)|full of|smeared (?:in|with)|filled with|soaked in|stuffed with) (?:\w+ ){{0,4}}?{_NASTY}
        {_NASTY} (?:\S+ ){{0,3}}?(?:in|on|inside|round|hanging (?:from|on|off)) {_WHOSE} (?:\w+ )?(?:peg|desk|locker|tray|lunch ?box|chair|pillow)
        (?:lists?|poll|ranking|score ?sheet) (?:\w+ ){{0,6}}?(?:ugliest|fattest|smelliest|(?:no ?one|nobody) (?:likes|should (?:sit|talk|play)|is allowed to (?:sit|talk|play))|not (?:to )?(?:sit|talk|speak|play|be friends) (?:with|to|near)|don'?t (?:sit|talk|speak|play) (?:with|to|near)|to batter|who (?:stinks?|smells?|should die))
        (?:his|her|(?:my|our) (?:son|daughter|boy|girl)'?s) (?:name|face|photo|picture|head|eyes) (?:\w+ ){{0,3}}?(?:scratched|crossed|cut|rubbed|burnt|blacked|gouged) (?:out|off)
        """,
        needs=rf"{_NASTY} |covered (?:in|with)|full of|smeared|filled with|soaked in|stuffed with|ugliest|fattest|smelliest|(?:no ?one|nobody) (?:likes|should|is allowed)|(?:not|don'?t) (?:to )?(?:sit|talk|speak|play|be friends)|to batter|who (?:stinks?|smells?|should die)|(?:scratched|crossed|cut|rubbed|burnt|blacked|gouged) (?:out|off)",
        within=r"halloween|panto\w*|play|novel|book|film|science|lesson|experiment|craft|art|teacher of|bake|cake|harvest|raffle|wish ?list|shopping|hit list of songs|dissect\w*|biology|farm|pet|dogs?|uniform",
        labels=("safeguarding", "harassment"), severity=3, route=_SG, about=About.PUPIL,
    ),
)  # fmt: skip
