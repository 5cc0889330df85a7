"""Of whom a text says that they harmed a child, or may be unsafe with children. Pure.

The rule is Part 4 of *Keeping children safe in education* (England, 2026): an allegation is that somebody who
works with children at the school (staff, supply, volunteer, governor, contractor) has harmed or may have
harmed a child; may have committed an offence against or related to a child; behaved so as to indicate a risk
of harm; or may be unsuitable to work with children. An act of the job (a detention, a mark, a phone taken, a
refusal, a report to social services) is none of these, nor is a theft or a smear, unless the words tell more:
force, injury, locking in, isolation for hours, a child left alone, food, toilet or medicine refused,
something sexual or discriminatory, a disclosure that was not passed on, a conviction or a ban.
"""

# ruff: noqa: E501 - a pattern has one alternative a line, however long
from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import islice

from classifiers.signals.rule import either, pattern_of
from classifiers.verdicts.subject import BODY, HEAD, OF_TRUST, roles_said
from data.types import Role

_TITLE = r"(?:mr|mrs|ms|miss|mx|dr|sir|cllr|father|sister|rev|coach|teacher|head|headteacher|governor|deputy|mister|auntie)"
_STAFF = r"""
    (?<!\w )head(?= (?:has|had|is|was|told|tells|says|said|knows|knew|asked|did|does|will|won't|wants)\b)
    person_\d+
    (?:mr|mrs|ms|mx|dr|cllr|father|auntie)\.? [a-z][a-z'-]*|(?:miss|sir)(?:\.? (?!a\b|the\b|my\b|it\b|out\b|school\b|lunch\b|break\b|lessons?\b)[a-z][a-z'-]*)?|sister [a-z]+(?= (?:at|from) )|coach (?!trip|park|company|journey|load|station)[a-z]+
    teach(?:er|ing assistant)?s?|tutors?|t\.?as?|lsas?|hlta|(?:1:1|one[- ]to[- ]one)s?|learning support(?: \w+)?|class(?:room)? assistants?|support (?:staff|worker|assistant)s?|supply(?! (?:of|cupboard|chain))(?: (?:teacher|lady|woman|man|bloke|guy|ta))?|cover (?:teacher|supervisor|lady|woman|man|bloke)|(?:football|rugby|netball|swim(?:ming)?|sports?|pe|gym|dance|drama|tennis|cricket|athletics|hockey|boxing|fitba) (?:coach|teacher|instructor|man|woman|bloke|guy|lady)|coach(?:es)?(?! (?:trip|park|journey|company|load|station|broke|was late))
    after[- ]school \w+ (?:man|woman|lady|bloke|guy)|(?:judo|karate|gymnastics?|ballet|chess|multi ?sports?) (?:coach|teacher|instructor|man|woman|bloke|guy|lady)|(?:after[- ]school|breakfast|holiday|homework|\w+) club (?:man|woman|lady|bloke|leader|worker|guy)|caretaker|site (?:manager|man|team|guy|bloke|staff)|janny|jannie|janitor|cleaner|groundsman|cook|canteen (?:lady|woman|staff|man)|dinner (?:lad(?:y|ies)|woman|women|nanny|man)|midday \w+|lunch ?time (?:staff|lady|supervisor|woman)|middays?|playground (?:staff|lady|supervisor)|(?:lady|woman|man|bloke|lass|fella) (?:who|that|on|wi|with) (?:does|did|doing|runs|ran|takes|drives|dinners|the (?:door|gate|desk|dinners)|a lanyard|lanyard)|lollipop (?:lady|man)|crossing (?:lady|man|patrol)
    (?:bus |minibus |taxi |van |school )?drivers?|escort|chaperone|passenger assistant|receptionist|office (?:lady|ladies|staff|woman)|nurse|matron|first aider|key ?worker|sendco|senco|technician|librarian|invigilator|chaplain|counsellor|mentor|pastoral (?:lead|manager|lady|woman|man|support)|house ?(?:master|mistress|parent)s?|dorm staff|behaviour (?:team|lead|staff|man|woman|guy|lady|manager)
    (?:the |our |my |his |her )?head of (?:year|y\d+|house|maths|english|science|pe|sixth|dep\w*|faculty|music|art|drama|humanities|mfl|languages|history|geography|sen\w*|inclusion|pastoral|behaviour|lower|upper|ks\d|key stage|early|eyfs|nursery|reception|infants|juniors|boarding|sport|computing|it|dt|re|rs)\b(?: \d+)?
    the head|(?:our|that|this|your|acting|executive|new|deputy|assistant) heads?|head ?(?:teacher|master|mistress)|deputy|dht|ht|principal|head of \w+|slt|senior leaders?|governors?|chair of governors|chair(?:man|woman)|(?:current |acting )?chair of \w+|dsl|ddsl|safeguarding (?:lead|officer|woman|lady|man)|designated \w+
    staff|staff members?|workers?|employees?|volunteers?|(?:parent |reading )?helper|reading (?:lady|man)|student teachers?|trainee|ect|nqt|agency (?:worker|staff|teacher|ta|lass|lad|woman|man)|contractors?|builders?|decorator|electrician|plumber|photographer|peripatetic \w+|(?:music|piano|guitar|violin|drum|maths|english|science|art|french|spanish|history|geography|rs|re|dt|cooking|technology) (?:man|woman|bloke|guy|lady|instructor)|instructor|lifeguard|athro|athrawes|cynorthwy\w+|gofalwr|gyrrwr|dirprwy
"""
"""Whoever works with children there: read after those who are named have become `person_N`."""
_PUPIL = r"(?:son|daughter|(?:school)?child(?:ren)?|schoolgirls?|schoolboys?|kids?|kiddies?|weans?|bairns?|pupils?|students?|boys?|girls?|lads?|lass(?:es|ie|ies)?|(?:little|tiny) (?:one|lad|man)s?|bab(?:y|ies)|toddlers?|twins|niece|nephew|grand(?:son|daughter|child(?:ren)?|kids?)|brother|sister|mates?|friend|year (?:\d+|one|two|three|four|five|six|seven|eight|nine|ten|eleven)s?|yr ?\d+s?|y\d+s?|reception(?: child)?|sixth ?former?s?|teens?|teenagers?|under ?\d+s?|u\d+s?|\w+[- ]year[- ]olds?|\d+ ?(?:yo|yr old|year old)s?|ds\d*|dd\d*|dgs|dgd|dn|minors?|plentyn|plant|merch(?:ed)?|bachgen|mab)"
_ONE = rf"(?:(?:my|our|ma|oor|the|a|an|this|that|some|one|two|three|another|those|these|other|young|little|wee|small|his|her|their|your|any|every|several|few|of|\w+'s|\w+s') ){{0,4}}(?:[\w'-]+ ){{0,2}}?{_PUPIL}(?:'?s)?"
_KID = rf"(?:{_ONE}|(?:our|wor|oor) [a-z]+|him|her|them|me|us)"
_LIMB = r"(?:arms?|wrists?|legs?|hair|ears?|neck|throat|face|head|hands?|fingers?|shoulders?|scruff|collar|hood|jumper|coat|pony ?tail|cheeks?|ankles?|lugs?|lugholes?|heid|gob|plaits?|shirt|tie|blazer|chin|jaw|waist|hoodie|rucksack)"
_BLOW = r"(?:elbow|slap|smack|punch|kick|clip|thump|shove|dig|clout|crack|whack|belt|backhander|skelp|knee|shake|hiding|beating|black eye|(?:split|fat) lip|bloody nose|nip|pinch)"
_STRUCK = r"(?:slapp(?:ed|ing)|struck(?! (?:a|by|up|lucky|gold|me)\b)|striking(?= (?:a|my|our|the|his|her) )|knee(?:d|ing)|smack(?:ed|ing)|skelp(?:ed|it)|leathered|thump(?:ed|ing)|punch(?:ed|ing)|head ?-?butt(?:ed|ing)|whack(?:ed|ing)|walloped|clouted|manhandl(?:ed|ing)|throttl(?:ed|ing)|strangl(?:ed|ing)|restrain(?:ed|ing)|pinn(?:ed|ing)|grabb(?:ed|ing)|yank(?:ed|ing)|dragg(?:ed|ing)|shov(?:ed|ing)|slung|flung|frogmarched|wrestled|rugby ?tackled|caned|belted|brayed|lamped)"
_STRIKES = r"(?:pin|strikes?|knees|kicks?|slaps?|smacks?|skelps?|thumps?|punches|whacks?|manhandles?|throttles|strangles|restrains|pins|grabs?|yanks?|drags?|shoves?|slings?|flings?)"
_TOUCHED = r"(?:squash(?:es|ed|ing)|crush(?:es|ed|ing)|hit|hits|hitting|hurt|hurts|hurting|kick(?:s|ed|ing)?|push(?:es|ed|ing)?|pull(?:s|ed|ing)?|pinch(?:es|ed|ing)?|squeez(?:es|ed|ing)|bit|bites|batter(?:s|ed|ing)?|beat(?:s|en|ing)?|clipp(?:ed|ing)|jabb(?:ed|ing)|pok(?:ed|ing)|prodd(?:ed|ing)|tap(?:ed|ing)|ti(?:es|ed)|strapp?(?:s|ed)|gagged|spat (?:at|on)|spits (?:at|on)|scratch(?:es|ed)|shook|shak(?:es|ing)|lifted|lifts(?! to\b)|threw|throws|twist(?:s|ed|ing)|trapp?ed|burn(?:s|t|ed)|attack(?:s|ed)|assault(?:s|ed|ing)|chok(?:es|ed|ing)|trip(?:s|ped)|headlock(?:ed)?|held down|holds? down|knocked|mauled|handled|haul(?:s|ed)|laid into|lays into|lashed out at|went for|goes for|abus(?:es|ed|ing)|mistreat(?:s|ed|ing)|neglect(?:s|ed|ing)?|harm(?:s|ed|ing)?|sat on|sits on|sitting on|knelt on|kneels on|kneeling on|stood on|stamped on|(?:scream|shout|yell|bellow)(?:s|ed|ing)? (?:right )?in(?:to)? (?:\w+ )?(?:face|ear) of|swore at|swears at|swearing at|threaten(?:s|ed|ing)?)"
_FORCE = rf"""
    (?<!like a )(?<!a )(?<!been )(?<!face ){_STRUCK}(?! (?:out (?!of)|on\b|up\b|its|it\b|their (?:feet|heels)|(?:a|some|my|the) (?:coffee|seat|bite|chance|mic|attention|lunch|curriculum|photo|word)|everything))|{_STRIKES} {_KID}|{_TOUCHED} {_KID}(?! (?:off|apart|away from (?!me\b)|up on|up about|shoe ?laces?|laces?)\b| by (?:the hand|surprise|asking|giving)|(?:'s)? (?:feelings?|homework|hand$)| (?:up for|about|homework|hard (?:to|academically)|to (?:do|be|try|work|achieve|get)|out of the team)| with (?:\w+ ){{0,2}}(?:fines?|court|exclusion|detentions?|prosecution|social services)\b)
    {_ONE} (?:(?:has |have |had )?(?:been|was|were|got|gets|getting|being) )(?:\w+ ){{0,2}}?(?:{_STRUCK}|{_TOUCHED})\b
    (?:thr[eo]w|threw|thrown|throws|throwing|chuck(?:s|ed|ing)|lobb(?:ed|ing)|hurl(?:s|ed|ing)|flung|launch(?:ed|es)) (?:[\w'-]+ ){{1,6}}?(?:at|into) (?:{_KID}|\w+'s (?:head|face|back))
    by (?:the|his|her|my|their|its|both|one) (?:\w+ )?{_LIMB}\b|lash(?:ed|es|ing) out|{_KID} (?:an? \w+ |one )?(?:rou?nd|roond|around|over|ower|across|upside) the (?:\w+ )?(?:head|heid|ears?|lug|lughole|face|chops|gob|jaw|knuckles|back of)\b|(?:caught|clip|clout|crack|belt|whack|bang|slap|smack|tap|box|ruler|book|hit|hits|cuff)\w* (?:\w+ ){{0,3}}?(?:rou?nd|roond|around|aroond|over|ower|across|upside|on) (?:the (?:back|side|top) of )?(?:the|his|her|my|their) (?:\w+ )?(?:{_LIMB}|knuckles|backside|bum|back)\b
    (?:broke|fractured|dislocated|snapped|bruised|split|burnt|cut) (?:my|our|\w+'s|{_ONE}) (?:[\w'-]+ ){{0,4}}?(?:arm|wrist|collar ?bone|finger|leg|nose|rib|jaw|tooth|lip|head|eyebrow|hand)\b|(?:hit|hits|squash(?:es|ed)|crush(?:es|ed)|kick(?:s|ed)?|pulls|pulled|twist(?:s|ed)|squeezed|pinch(?:es|ed)|bent|bit|slammed|stamped on|trod on|stood on|knelt on|trapped|grips?|gripped) (?:my|his|her|their|our|one of|\w+'s) (?:[\w'-]+ ){{0,3}}?(?:arms?|wrists?|hair|ears?|cheeks?|neck|throat|face|hands?|feet|foot|toes|fingers?|shoulders?|legs?|pony ?tail)\b
    (?:push(?:ed|es)|shoved|thrown|threw|slammed|banged|knocked|bashed|smashed) (?:[\w'-]+ ){{0,5}}?(?:into|against|onto|off|over|down|to the (?:floor|ground))\b
    (?:took|take|takes|got|gets|get|had|grabbing|caught|catch) (?:hold|a hold|ahold) of|(?:put|puts|laid|lays) (?:his|her|their|a) (?:hands?|fist) (?:on {_KID}|round|around|over (?:his|her|my|their) mouth)|(?:scream|shout|yell|bellow|spit|spat)(?:s|ed|ing)? (?:right )?(?:in|into) (?:my|his|her|their|\w+'s) (?:face|ears?)|(?:holds?|held|holding) (?:my|his|her|their|\w+'s) (?:chin|jaw|neck|throat|hair|head|mouth|nose)|(?:gave|giv(?:es?|ing)|fetched|landed) (?:{_KID}|one|[a-z]+) (?:an? |one )(?:\w+ ){{0,2}}?{_BLOW}\b|(?:a|an|one) (?:\w+ )?{_BLOW} (?:rou?nd|across|over|to|on|in|upside) (?:the (?:back|side|top) of )?(?:the|his|her|their|my|\w+'s) {_LIMB}|laid a (?:hand|finger) on|got physical|physical(?:ly)? (?:with|assault\w*|abus\w*|force\w*|restrain\w*|handl\w*|remov\w*)|us(?:e|ed|es|ing) (?:physical |excessive |unreasonable |reasonable )?force|(?:too )?rough(?:ly)? (?:with|handl\w*)|handl\w+ (?:\w+ )?roughly|heavy[- ]handed with|by force|face ?down|prone|headlock|choke ?hold|arm behind (?:his|her)|held (?:\w+ ){{1,4}}down|holding (?:\w+ ){{1,4}}down
    m[ae]de? {_KID} (?:eat|swallow|drink|touch|hold|wear) (?:[\w'-]+ ){{1,5}}?(?:allergic|allergy|intoleran\w+|coeliac|religio\w+)|forc(?:ed|es|ing) (?:\w+ ){{0,3}}(?:to (?:eat|swallow|finish|drink|strip|undress|stand|kneel|lick)|food|into|down)|force[- ]?fed|m[ae]k(?:es|ing)? (?:\w+ ){{1,3}}(?:kneel|strip|undress|lick)|made (?:\w+ ){{1,4}}(?:kneel|strip|undress|lick|take off|eat (?:his|her|it off|\w+ own)|stand (?:\w+ ){{0,4}}(?:in the (?:rain|cold|corner|snow|sun)|outside|for (?:\w+ )?(?:hours?|\d+)))|(?:had|kept|keeps|left|made|makes) (?:[\w'-]+ ){{0,2}}?{_KID} (?:stood|standing|stand|sat|sitting|sit|kneeling|kneel|running|run) (?:[\w'-]+ ){{0,6}}?(?:in the (?:\w+ )?(?:rain|cold|snow|sun|heat|corner)|outside|(?:from|for) (?:\w+ ){{0,3}}(?:til|till|until|hours?|hrs)|all (?:day|lunch|morning|afternoon))|put (?:\w+ )?(?:tape|sellotape|a sock|soap) (?:over|on|in|across)|sellotap\w+|m[ae]de? {_KID} (?:[\w'-]+ ){{1,8}}?(?:till|til|until) (?:he|she|they|i|we) (?:was |were |got |had )?(?:sick|cried|crying|collapsed|fainted|bled|bleeding|couldn'?t|threw up|vomited|in tears)|m[ae]de? (?:\w+ ){{1,3}}(?:run|play|walk|carry|do|swim|climb|sit|stand|stay) (?:[\w'-]+ ){{0,6}}?(?:with|on) (?:a|his|her) (?:arm|wrist|leg|ankle|foot|hand|broken|sprained|twisted|injured|fractured|bad|sore)|flicks? (?:\w+ ){{0,2}}ears|marched (?:\w+ ){{0,3}}(?:barefoot|round and round)|assault(?:ed|ing|s)? (?:on|of|by)|(?:abus(?:e|ing|ive)|violen(?:t|ce)|cruel(?:ty)?) (?:to|towards|against|of) {_KID}|child (?:abuse|cruelty)|had {_KID} (?:up )?(?:against|by the|pinned|over a)|rapp(?:ed|s) (?:[\w'-]+ ){{0,3}}?knuckles|pull(?:ed|s) (?:the|a|his|her|\w+'s) chair (?:out|away)|kick(?:ed|s) (?:a|the) (?:\w+ ){{0,2}}?chair|(?:ripped|tore|pulled|yanked|cut) (?:off |up )?(?:his|her|my \w+'s) (?:hijab|headscarf|turban|patka|earrings?|necklace|bra strap)|cut (?:off )?(?:his|her|my \w+) (?:hair|braids?|plaits?|locs|fringe)|(?:poured|threw|tipped|sprayed) (?:[\w'-]+ ){{0,4}}?(?:water|milk|drink|juice|paint|deodorant) (?:over|on|in|at) {_KID}|wash(?:ed|es) (?:his|her|my \w+'s) mouth|(?:head|face) (?:in|into|under|down) (?:the )?(?:sink|toilet|tap|water|bin|mud)|held (?:\w+ ){{0,2}}under|dunk(?:ed|s) {_KID}|(?:dangled|hung) {_KID}|tipp(?:ed|s) (?:{_KID} (?:off|out of)|(?:a|the|his|her|\w+'s) (?:\w+ )?(?:chair|table|desk|stool|bench) (?:over )?(?:with|on|onto) (?:[\w'-]+ )?{_KID})|swung (?:for|at) {_KID}|squared up to {_KID}|nose to nose with {_KID}|threaten(?:s|ed|ing) to (?:\w+ ){{1,3}}?{_KID}|raised (?:his|her) (?:hand|fist) (?:to|at)|said (?:he|she)(?:'d| would) (?:\w+ )?(?:hit|slap|smack|batter|punch|kill|break|belt)
"""
_SHUT_AWAY = rf"""
    lock(?:s|ed|ing)? (?:[\w'-]+ ){{0,3}}?{_KID} (?:\w+ ){{0,3}}?(?:in|into|out|up|outside|inside|away)|(?:was|were|been|got|being|gets) locked (?:in|out)|(?:he|she|i) locked (?:him|her|them|us|me)|shut(?:s|ting)? (?:[\w'-]+ ){{0,2}}?{_KID} (?:\w+ ){{0,2}}?(?:in|into|outside|up)|(?:put|puts|putting|kept|keeps|stuck|shoved|left|leaves|had) (?:[\w'-]+ ){{0,3}}?{_KID} (?:(?:sat|stood|alone|locked|shut|screaming|crying|all|by|on|his|her|own|himself|herself|back|day) ){{0,4}}?(?:in|into|inside) (?:a|the|that|their|this) (?:\w+ ){{0,2}}(?:cupboard|store|store ?room|cage|shed|boiler room|padded \w+|seclusion|dark|toilet|cellar)
    (?:light|lights) (?:turned |switched )?(?:off|out) (?:and|while|with|until)|with the (?:light|lights) (?:off|out)|in the dark (?:for|until|till|on (?:his|her))|secluded|seclusion room|tied (?:{_KID} )?up|tied (?:[\w'-]+ ){{1,4}}?to (?:a|the|his|her) (?:chair|table|desk|leg|radiator|pole|door|fence|buggy|bed)|left (?:\w+ )?(?:screaming|sobbing|banging)|strapp?(?:ed|s) (?:{_KID} )?(?:in(?:to)?|to|down)|(?:held|holding|holds|kept|wedged|jammed) the (?:\w+ )?(?:door|handle) (?:shut|closed|from)|wouldn'?t let (?:him|her|them|me|us) (?:out|leave)
    (?:outside (?:[\w']+ ){{1,4}}office|on a chair|facing (?:a|the) wall|away from (?:the|all) (?:the )?others?|isolation|booth|isolated|seclusion|inclusion (?:room|unit)|reset(?: room)?|remove room|reflection(?: room)?|internal exclusion)[^.!?\n]{{0,90}}?(?:(?:for|over|nearly|almost) (?:\w+ )?(?:\d+|two|three|four|five|six|seven) (?:hours?|hrs?|days|weeks)|\d+ ?(?:hrs?|hours)|(?:two|three|four|five|six|seven) (?:whole |full )?(?:hours|days|weeks)|all (?:day|week|morning|afternoon)|(?:whole|entire|full) (?:day|week|morning|afternoon)|every (?:day|lesson|break)|since (?:half term|september|october|january|easter|christmas)|days? (?:running|straight|in a row|on end)|(?:until|till|til) (?:\w+ ){{0,2}}(?:\d|two|three|half|home ?time|the end))
    (?:(?:\d+|two|three|four|five|six|seven) ?(?:hours?|hrs?|days|weeks)|all (?:day|week|morning|afternoon)|(?:whole|entire|full) (?:day|week|morning|afternoon))[^.!?\n]{{0,40}}?\b(?:isolation|booth|isolated|seclusion|reset room|remove room)
"""
_LEFT = rf"""
    (?:left|leaves|leaving|abandon(?:s|ed)|dump(?:s|ed)|forgot|lost|dropp?(?:s|ed)|kicked|thrown|threw|put|chucked|let) (?:[\w'-]+ ){{0,3}}?{_KID}(?<!'s)(?! (?:to|with (?:a|the) )) ?(?:[\w'-]+ ){{0,5}}?(?:alone|on (?:his|her|their|my) own|by (?:himself|herself|themselves|myself)|unattended|unsupervised|behind|out in the|in (?:the|a) (?:\w+ )?(?:car|bus|minibus|van|taxi|road|street|snow|rain|cold|dark|playground|woods|park|sun|heat)|on the (?:bus|coach|minibus|train|beach|motorway|side of|roadside|pavement|drive|doorstep)|and (?:went|drove off|walked off)\b|at the (?:gate|bus stop|kerb|museum|pool|zoo|farm|park|services|beach|station|side|roadside|baths|theatre|wrong)|off (?:the bus|in the|miles|at the wrong|half)|strapped|soiled|wet|in (?:a|his|her|the same|that|wet|dirty) (?:\w+ ){{0,2}}(?:nappy|pad|pants|clothes)|walk (?:home|back) (?:alone|on|by|in)|to walk|wander\w*|miles|bleeding|crying for)
    {_ONE} (?:was |were |been |got |being )?(?:left|forgotten|abandoned|found|still) (?:\w+ ){{0,4}}(?:alone|on (?:his|her|their|my) own|behind|on the (?:bus|coach|minibus)|in the (?:car|bus|minibus|van|road|street|dark|snow|rain|playground)|strapped|soiled|wet|wandering|unattended|outside|unconscious|by the (?:road|river|canal|gate)|at the (?:museum|pool|zoo|farm|park|services|beach|station|bottom))|{_ONE} (?:was |were |been |got |being )?(?:sent|put|kept|stood|made to (?:stand|sit|wait|stay)) (?:\w+ )?(?:out|outside)\b[^.!?\n]{{0,80}}?\b(?:forg[oe]t\w*|no coats?|without (?:a |his |her |their )?coats?|rain\w*|snow\w*|freez\w*|cold|hail\w*|dark|soaked|hours?)\b|in (?:his|her|their) own (?:wee|poo|urine|mess|filth)|(?:soiled|wet) (?:him|her)self[^.!?\n]{{0,40}}?(?:made|told|left|had) (?:him|her|to) (?:to )?(?:sit|stay|wait)|(?:no|without) (?:an? )?(?:adults?|grown[- ]?ups?|staff|lifeguard|supervision) (?:in|with|on|at|watching|around|present|about|to be seen)|nobody (?:watching|supervising|in the room|with (?:him|her|them|the kids))|unsupervised|unattended|(?:(?:was|were|been|got) found|found {_KID}) (?:\w+ ){{0,4}}?(?:on|by|in|near|at|down|outside) (?:the|a) (?:\w+ )?(?:roads?|street|beach|car park|carriageway|river|canal|station|town|bus|toilets?|gates?|shops?|woods|park|verge|moor)|in the (?:bar|pub) (?:\w+ ){{0,8}}?(?:while|whilst|till|til|until)|(?:drove|driven|went|set) off without (?:{_KID}|counting|\w+ kids)|(?:handed|released|let) (?:[\w'-]+ ){{0,3}}?{_KID} (?:\w+ ){{0,2}}?(?:with|to) (?:a stranger|the wrong|somebody else'?s|a man)|(?:nobody|no one) (?:even )?(?:noticed|knew) (?:he|she|they|that \w+) (?:was|were|had|'d)|(?:got|climbed|walked|ran) out of the (?:gate|school|fence|fire)|roam(?:ed|ing) (?:the|about|around)
"""
_CARE = r"(?:(?:blood |glucose )?testing kit|blood sugar\w*|glucose monitor|spacer|nebuli[sz]er|splints?|toilets?|loo|wee|bathroom|inhalers?|insulin|epi ?-?pens?|medicines?|meds|medication|ventolin|glucose|water|a drink|drinks|food|lunch(?! ?time)|dinner(?! lad)|eat(?:ing)?|snack|hearing aids?|wheelchair|walker|feed|bait|packed lunch|butt(?:y|ies)|talker|communication (?:aid|device|book)|pump|antihistamine|piriton|ear defenders|oxygen|first aid|ambulance)"
_REFUSED = rf"""
    (?:refus(?:es?|ed|ing)|den(?:y|ies|ied)|won'?t (?:let|give|allow)|wouldn'?t (?:let|give|allow|call|get)|(?:not|isn'?t|wasn'?t|weren'?t|aren'?t|never) (?:being )?(?:let|given|allowed)|didn'?t (?:let|give|allow)|doesn'?t (?:let|give|allow)|withh(?:eld|olds?)|(?:didn'?t|did not|never|forgot to|not|won'?t|wouldn'?t) (?:bring|bother with|take|pack|carry|fetch|use|check)|left (?:the|his|her|my \w+'s)(?= (?:inhaler|epi|insulin|med))|stopp?(?:s|ed|ing) (?:him|her|them|me|us|my \w+)|took (?:away )?(?:his|her|their|my|our)|takes (?:away )?(?:his|her|their)|confiscat(?:es|ed) (?:his|her|their|my)|bann?ed (?:him|her|them) from|hid (?:his|her)|bin(?:s|ned|ning)? (?:his|her|their|my)|skipp?ed (?:his|her)|forgot (?:his|her|to give)|missed (?:his|her)|go(?:es)? without|went without|without any|no (?:\w+ )?(?:for|until)) (?:[\w'-]+ ){{0,8}}?{_CARE}
    (?:asked|ask(?:s|ing)?|begg?(?:ed|ing)|pleaded|needed|desperate|cr(?:ied|ying)) (?:[\w'-]+ ){{0,6}}?{_CARE}[^\n]{{0,110}}?(?:refus\w*|said no|told (?:him|her|them|me|us|to|no)|was told|were told|had to wait|ignored|laughed|wet (?:him|her|my)sel|not allowed|run it off|fuss)|(?:gave|given|fed|gives) (?:[\w'-]+ ){{0,5}}?(?:peanuts?|nuts|the wrong (?:medicine|meds|dose|tablets?|medication|insulin)|double (?:the )?dose|sleeping|someone else's)|wrong (?:dose|medication|medicine|meds)|(?:told|tells?|telling|m[ae]kes?|made|making|had|has|have|having) (?:{_KID} )?(?:to |just )*\W?hold it(?! (?:together|up|down|still|like|for|in place))|m[ae](?:de|kes?|king) {_KID} (?:sit|stand|stay|wait)(?: there)? in (?:it|wet|soiled|dirty|(?:his|her|their) own)\b|starv(?:ed|es|ing) {_KID}|lock(?:s|ed) the (?:\w+ )?(?:toilets?|loos?)|run it off|stop (?:making a fuss|faking)|(?:tipp|thr|threw|put|chuck|binn|scrap)\w* (?:[\w'-]+ ){{0,3}}?(?:lunch|dinner|food|snack|sandwich\w*) (?:in the bin|away|on the floor)|{_CARE}[^\n]{{0,90}}?(?:putting it on|attention[- ]seeking|faking|being dramatic|making it up|drama queen)|(?:never|didn'?t|did not|wouldn'?t) (?:sent?|take|took) {_KID} to (?:the )?(?:nurse|matron|office|first aid\w*|medical|hospital)|no first aid(?! (?:kit|box|course|train|cert))|(?:gave|gives?|giving) (?:him|her|them|em|me|us|{_KID}) (?:nowt|nothing|no (?:food|lunch|dinner|drink|water))\b|(?:go(?:es|ing)?|went|left|leaves) hungry|had nothing (?:to eat|till|til|until|all day)|(?:(?:a|his|her) (?:fit|seizure|asthma attack)|to fit|fitting|seizure|chok(?:ed|ing)|asthma|anaphyla\w+|couldn'?t breathe|collapsed|unconscious|bleeding|diabet\w+|hypo|epilep\w+)\b[^\n]{{0,90}}?(?:stepped over|walked (?:past|off|away)|carried on|(?:shout|yell|scream|bawl)\w* (?:(?:at|to) )?(?:him |her |them )?(?:to )?(?:keep|get (?:up|on|going)|stop|run|move|man up|crack on)|ignored|attention[- ]seeking|faking|told (?:him|her) to (?:get up|stop|wait|sit)|m[ae]de? (?:him|her) (?:sit|stay|wait)|rolled (?:his|her) eyes|laughed|did nothing|never rang|no ambulance|waited)
"""
_TO_WRITE = (
    r"(?:messag|text|snap(?:chat)?|whats ?app|dm|inbox|sext|facetim|video ?call|insta(?:gram)?|tik ?tok|chat)"
)
_SEXUAL = rf"""
    touch(?:es|ed|ing)?(?: up)? {_KID}(?! (?:deeply|heart|up on))|touch(?:es|ed|ing)? (?:\w+ ){{0,3}}(?:up\b|inappropriately|sexually|legs?|thighs?|bum|bottom|hair|privates?|chest)|felt (?:\w+ ){{0,2}}up|grop(?:es|ed|ing)|fondl(?:es|ed|ing)|molest\w*|groom(?:s|ed|ing) (?!salon|parlour){_KID}|forc(?:es|ed|ing) (?:him|her)self on|brush(?:es|ed|ing) (?:up )?against {_KID}|rap(?:ed|ist|ing)\b|sexual(?:ly)? (?:assault|abus|touch|act|offen|relation|comment|remark|harass|inappropriate|message|contact|exploit)\w*|sex (?:with|act|offen\w+)|kiss(?:es|ed|ing) (?!goodbye|(?:his|her|their) (?:own )?[a-z]+ (?:goodbye|good ?night)){_KID}|strok(?:es|ed|ing) (?:{_KID}|(?:my|our|their) (?:hair|neck|legs?|arms?|face|back))|tickl(?:es|ed|ing) {_KID}|massag(?:es|ed|ing) {_KID}|(?:giv(?:es?|ing)|gave|offer(?:s|ed|ing)?) (?:[\w'-]+ ){{0,5}}?massages?|rub(?:s|bed|bing) (?:\w+ ){{0,4}}(?:legs?|back|shoulders?|thighs?|tummy|feet)\b|cuddl(?:es|ed|ing) {_KID}|(?:on|onto) (?:his|her|my|sir'?s|the \w+'?s) (?:lap|knee)|home in (?:my|his|her) (?:own )?car|hands? (?:\w+ )?(?:up|down|inside|under|on|all over) (?:\w+ ){{0,3}}(?:skirts?|tops?|blouse|shorts|knickers|pants|bra|thighs?|waist|bums?|bottom|legs?|knee|girls?)\b|arms? (?:round|around) (?:\w+ ){{0,4}}(?:girls?|boys?|year \d+\w*|them|her|my daughter|my son|waist)|patt?(?:ed|s) (?:\w+ )?bums?|slapp?ed (?:\w+ )?(?:bum|arse)
    {_TO_WRITE}\w* (?:the |my |our |some |a |her |his |their |one |of |half |loads |several |under |with |to |from )*(?:[\w-]+ ){{0,2}}?(?:girls?|boys?|lads?|pupils?|kids?|students?|daughter|son|niece|nephew|sister|brother|year \d+s?|yr ?\d+s?|y\d+s?|u\d+s?|\d+s|sixth ?formers?|teens?|children)\b(?! (?:parents?|mums?|dads?|group|families|class))|(?:text|snap|messag|dm|whats ?app|sext)(?:s|ed|ing|es|ping|chat\w*) (?:her|him|them)\b(?! (?:about|back|to say|to ask|when|that|the|class|parents?))|(?:add(?:s|ed|ing)|follow(?:s|ed|ing)|friend(?:s|ed|ing)|sliding into) (?:the |my |our |some |a |her |his |their |one |of |half )*(?:[\w-]+ ){{0,2}}?(?:girls?|boys?|lads?|pupils?|kids?|students?|daughter|son|year \d+s?|yr ?\d+s?|y\d+s?|sixth ?formers?|us|me|her|him)[^.!?\n]{{0,30}}?(?:snap\w*|insta\w*|discord|whats ?app|tik ?tok|facebook|fb|online)|{_TO_WRITE}\w* (?:her|him|them|me|us)\b[^.!?\n]{{0,60}}?(?:night|late|midnight|\d ?(?:am|pm)|privately|secret|delete|xx|kiss|heart|beautiful|pretty|gorgeous|sexy|alone|evenings|personal)
    (?:accepted|we) (?:\w+ ){{0,4}}(?:and we )?(?:have )?messaged|asks?(?:ed|ing)? (?:for )?(?:[\w'-]+ ){{0,10}}?(?:snap(?:chat)?|insta(?:gram)?|(?:her|his|their|my) numbers?|pics|pictures|photos|nudes|selfies|wear(?:s|ing)? (?:in|to) bed|got boyfriends|a boyfriend|virgin\w*)|sen(?:d|t|ds|ding) (?:\w+ ){{0,5}}(?:nudes?|dick ?pics?|topless|(?:pics?|pictures|photos|photographs|videos?) of (?:him|her)self)|(?:gave|gives|giving|given) (?:\w+ ){{0,4}}(?:his|her) (?:own |real |personal |private |mobile )?(?:number|snap\w*|insta\w*|mobile)|nudes?\b|indecent|upskirt\w*|up (?:her|their|girls'?|the girls'?|our|my) skirts?|skirt length|bend over (?:further|more|so)|bend down for|(?:down|up) (?:her|their|girls'?|our|my|ur|your) (?:tops?|blouses?)|looking at (?:her|my|the girls'?|girls'?|their|our) (?:chest|legs|bum|boobs|tops?)|(?:down to|in) (?:his|her|their|my) (?:underwear|knickers|pants|bras?|boxers)|take (?:off|down) (?:his|her|their|my|everything)|strip(?:ped|s)? ?(?:search\w*|off|down)|undress(?:ed|ing)? {_KID}|(?:watch|film|photograph|record|look|star|walk|stand|stood|hang|burst|came|come|sat|perv)\w* (?:[\w'-]+ ){{0,6}}?(?:changing rooms?|while (?:they|we|she|he)(?:'re| are| were|s| is)? (?:get(?:ting)? )?chang\w*|shower(?:s|ing)?\b|(?:girls'?|boys'?) (?:toilets?|loos?|changing|dorms?))|chang(?:e|ing) in front of (?:him|her|them|sir|mr)
    perv(?:s|y|ing|ert\w*)?|letch\w*|lech\w*|leer(?:s|ing|ed)|ogl(?:es|ing)|eye(?:s|ing) up|wolf whistl\w*|flirt(?:s|ed|ing|y) with|fancies (?:\w+ )?(?:girls?|boys?|kids?|pupils?|year|students?|her|him|my)|creep(?:s|y|ing)? (?:\w+ ){{0,3}}(?:girls|boys|kids|with|on|around|towards)|(?:look(?:s|ed|ing)?|looked) (?:so |really )?(?:good|fit|sexy|hot|older|lovely|nice) in (?:the|that|her|their|my|his|a)|lovely body|(?:great|nice|good|lovely) (?:legs|figure|bum|body)|mature for|sexy|(?:our|their|a|be|special) (?:little )?secret\b|(?:relationship|affair|fling|sleep(?:s|ing)|slept|going out|dating|shagg?\w*|carrying on|getting off) with (?:\w+ ){{0,4}}?(?:pupils?|students?|girls?|boys?|sixth|year \d+|kids?|teen\w*|minors?|child)|predator\w*|(?:child|sex) (?:molester|abuser|offender|predator|groomer|porn|images?)|wrong ?'?un\b|(?:dodgy|weird|inappropriate(?:ly)?|handsy|touchy feely|over ?familiar|too (?:close|friendly|familiar)) (?:\w+ )?(?:with|around|about|to|towards) (?:\w+ ){{0,3}}(?:girls|boys|kids|children|pupils|her|him|my|year|us|them)|inappropriate (?:relation|touch|contact|message|comment|behaviour)\w*|porn\w*
    (?:film(?:s|ed|ing)|photograph(?:s|ed|ing)|tak(?:es|ing|en)|took|take) (?:\w+ ){{0,3}}?(?:photos?|pics?|pictures|videos?)? ?(?:of )?(?:[\w'-]+ ){{0,4}}?(?:{_PUPIL}|them|him|her|us)[^.!?\n]{{0,50}}?(?:own phone|personal phone|his phone|her phone|toilets?|changing|nappy|crying|meltdown|shower|bed\b)|(?:tak(?:es?|ing)|took) (?:\w+ ){{0,3}}?{_KID} (?:\w+ ){{0,3}}?(?:(?:to|in|into|out to|back to|round to) (?:his|her|the|a) (?:\w+ )?(?:cupboard|store|flat|house|car|van|room|caravan|tent|bedroom)|on (?:his|her) own|alone)|(?:invit(?:es|ed|ing)|had|has|been|go(?:es)?|went) (?:\w+ ){{0,5}}?(?:to|round|at|in|back to) his (?:flat|house|gaff|caravan|tent|bedroom|bed)\b|alone (?:in (?:\w+ ){{1,3}})?with (?:\w+ ){{0,2}}(?:girls?|boys?|pupils?|year|her|my|him|door)|(?:door|blinds?|curtains?) (?:shut|closed|locked|down|drawn)|(?:gives?|giving|gave|sells?|sold|selling|buys?|bought|offers?|offered|supplie[sd]) (?:[\w'-]+ ){{0,5}}?(?:vapes?|cigs|fags|cigarettes|weed|drugs|alcohol|vodka|cider|lager|pints?)\b|(?:has|have|had|having|invites?|invited) {_KID} (?:round|over|back|in) (?:[\w'-]+ ){{0,4}}?for (?:[\w'-]+ ){{0,2}}?(?:vapes?|weed|drugs|alcohol|vodka|cider|lager|pints?|drinks?|wine|beers?|sleepovers?|the night)\b|(?:lifts?|rides?) (?:home )?(?:alone|on (?:his|her|their) own|to (?:the )?(?:girls|same|young|year))|sweets and|sen[dt](?:ing)? (?:him|her|sir|miss) (?:\w+ ){{0,2}}?(?:pics?|photos?|nudes?|videos?|selfies?|pictures)|(?:comments?|remarks?|jokes?) (?:\w+ )?(?:about|on) (?:[\w'-]+ ){{0,3}}?(?:body|bodies|legs|chest|figure|skirts?|breasts|bras?|weight|bum)|(?:dating app|tinder|grindr|hinge|bumble)\b|(?:naked|nude|rude|dirty) (?:ladies|women|men|pictures|videos|photos|magazines?|jokes?|pics)|(?:holds?|held|touch\w*|grab\w*|grip\w*|puts? (?:his|her) hands on) (?:my|our|her|their|the girls'?) (?:hips|waist|bum|thighs?)|wink(?:s|ed|ing) at {_KID}|(?:measur\w+|lift(?:s|ed|ing)?|pings?|pinged|snapp?(?:s|ed)) (?:[\w'-]+ ){{0,3}}?(?:skirts?|bra straps?|bras?|chest)\b|sat on (?:her|his|my|their) bed|(?:waits|waited|waiting) (?:for|outside) (?:[\w'-]+ ){{0,4}}?(?:girls|boys|daughter|house)\b|follow(?:s|ed) {_KID} (?:home|to)|shower(?:s|ed|ing) with {_KID}|in (?:still )?(?:my |your |her |a )?school uniform|(?:overnight|sleep ?overs?|camps?|camping)\b[^.!?\n]{{0,50}}?(?:his|her) (?:cottage|house|place|flat|caravan|boat|barn)|(?:gave|gives?|giving) (?:[\w'-]+ ){{0,5}}?(?:a lift|lifts) (?:home )?(?:\w+ ){{0,2}}?in (?:his|her) own car|meet(?:s|ing)? (?:up )?(?:with )?{_KID} (?:outside|out of|after|alone|in (?:town|the park))|(?:buys?|buying|bought) {_KID} (?:\w+ )?(?:clothes|underwear|jewellery|presents|gifts|a phone|trainers|perfume)|form\W? with (?:\w+ )?{_PUPIL}|with (?:little|young|small|underage) (?:boys|girls|kids|lads)|ask (?:the|any|those|some of the) (?:\w+ )?(?:boys|girls|lads|lasses|kids|pupils)\b[^.!?\n]{{0,40}}?\b(?:why|what|about|who)|share[sd]? a (?:bed|room|tent)
"""
_DISCRIMINATES = rf"""
    (?:call(?:s|ed|ing)?|nicknam\w+|refer(?:s|red) to) (?:[\w'-]+ ){{0,5}}?\W?(?:the |a |an |little |you )*(?:t\W?[e*]?rr[o0*]rists?|bomber|taliban|illegals?|immigrants?|monkeys?|ape|slave|savage|waste of space|thick|stupid|fat|pig|dumb|idiot|animal|scum|vermin|freak|(?:it|that)\W? (?:because|cos|as))\b
    (?:mock(?:s|ed|ing)?|mimick?(?:s|ed|ing)?|tak(?:es|ing) the (?:mick|mickey|piss) (?:out )?of|imitat(?:es|ed|ing)|laugh(?:s|ed|ing)? at|puts? on|does|did) (?:[\w'-]+ ){{0,5}}?(?:accents?|stammers?|stutters?|lisp|tics?|tourette\w*|autis\w+|disab\w*|down'?s|hijab|turban|skin colour|hearing aid|limp|wheelchair)\b
    (?:black|asian|muslim|brown|jewish|polish|romanian|roma|traveller|chinese|african|arab|pakistani|somali|gay|trans|white|disabled|autistic|indian|syrian|ukrainian|foreign|immigrant) (?:boys?|girls?|kids?|lads?|children|people|pupils?|students?|ones?) (?:\w+ ){{0,2}}?(?:don'?t|can'?t|are|aren'?t|will never|shouldn'?t|only|all|should|belong|smell|steal|always|never)\b|go back to (?:\w+ )?(?:country|africa|poland|pakistan|where)|back where (?:you|he|she|they) c[ao]me from|(?:racist|racial(?:ly)?|homophobic|transphobic|islamophobic|antisemitic|ableist|sexist) (?:\w+ ){{0,3}}(?:to|towards|about|at|with|abus\w+|comments? (?:to|about|at)|slurs?|names?|joke\w* (?:to|about)|remarks?) ?(?:my|our|the|a|his|her|to|kids|pupils|children|him|me|us)?|used (?:the )?n[- ]word|going to hell (?:for|because)|(?:cure|fix|pray) (?:\w+ )?(?:the )?gay|made {_KID} (?:take off|remove) (?:his|her|their) (?:hijab|headscarf|turban|patka|kara|cross)|(?:does|did|do|doing|put on|puts on) an? (?:\w+ )?(?:indian|chinese|jamaican|african|asian|polish|pakistani) (?:accent|voice)|smells? of curry|(?:your|his|her|their) (?:people|lot) (?:are|can'?t|don'?t|always|should)|(?:bomb|isis|taliban|jihad\w*) (?:in|under|on) (?:his|her|your|the) (?:bag|jumper|turban|backpack|rucksack)|kill (?:yourself|himself|herself|urself)|(?:call(?:s|ed|ing)?|nicknam\w+|refer(?:s|red) to) (?:the |our |a |my )?(?:black|asian|muslim|brown|jewish|polish|romanian|roma|traveller|chinese|african|arab|pakistani|somali|gay|trans|disabled|autistic|send?|indian|syrian|ukrainian|foreign|refugee) (?:boys?|girls?|kids?|lads?|children|pupils?|students?|ones?)\b|(?:told|tells|said to|says to) {_KID} (?:that )?(?:(?:nobody|no one|no-one) (?:would|will|wants?|likes?|loves?|cares?)|(?:everybody|everyone) (?:hates?|laughs?))|(?:told|tells|said to|says to) (?:{_KID}|\w+) (?:in front of \w+(?: \w+)? )?(?:that )?(?:he|she|they|i)(?:'?s|'d| is| was| would| were|'re| are) (?:be )?(?:an? |the |just )*(?:retard\w*|spastic|mong|special needs|better off dead|worthless|a waste|disgusting|a mistake|stupid|thick|fat|ugly)|(?:bull(?:y|ies|ied|ying)|humiliat(?:es|ed|ing)|terroris(?:es|ed|ing)|degrad(?:es|ed|ing)) {_KID}(?! by| in (?:the|his|her) class)|because (?:he|she|they|i)(?:'s| is|'re| are|'m| am|s) (?:black|asian|muslim|gay|trans|disabled|autistic|polish|a traveller|brown|jewish|deaf|roma|dyslexic)
"""
_UNFIT = r"""
    drunk|stagger(?:s|ed|ing)?|unsteady on (?:his|her) feet|pissed(?! off)|hammered|hung ?over|(?:stank|stink(?:s|ing)?|reek(?:s|ed|ing)?|smel(?:t|ls?|led|ling)) (?:\w+ )?(?:of|like) (?:\w+ )?(?:drink|booze|alcohol|wine|whisk\w+|vodka|beer|gin|weed|cannabis|lager|cider|a brewery|pub)|(?:alcohol|drink|booze|wine|vodka) on (?:his|her|their|the) breath|under the influence|hip flask|vodka in|(?:drinking|pints?|wine|vodka|beers?) (?:\w+ ){0,12}(?:then drove|and drove|on (?:the )?trip|in class|at work|on duty|in charge|while|before (?:\w+ ){0,2}(?:drove|driving|took|taking|school|class|lessons?|duty)|behind)|drove (?:\w+ ){0,10}?after (?:\w+ ){0,4}pints?|slurr(?:ed|ing)|swig(?:s|ged|ging)|cans? of (?:lager|cider|special brew|beer|stella)|(?:sells?|selling|sold|deals?|dealing|offer(?:s|ed|ing)?|gives?|giving|gave) (?:[\w'-]+ ){0,4}?(?:tablets|pills|prescription|ket|coke|weed|edibles|spice|fags|drugs)\b|high as|stoned|smok(?:es|ed|ing) weed|cocaine|on (?:drugs|coke|gear)|drops off (?:with|while|in)|fell asleep|falls asleep|asleep (?:in|at|on|while|with)|passed out|on (?:his|her|their) phone (?:while|whole|all the way|driving|at the wheel|the whole)|text(?:s|ing) (?:while|whilst|and) driving|no seat ?belts?|over the limit|drink[- ]driv\w+|(?:film|tiktok|scroll)\w* (?:while|whilst) driving
    (?:questioned|interviewed under caution|done for|had up for|caught with|found with|convict(?:ed|ions?)|caution(?:ed)?|jailed|prison|charged|arrested|on bail|on trial|court|accused|investigat\w+|suspended|allegations?|banned|barred|struck off|sacked|dismissed|pushed out|moved on|let (?:him|her) go|let go (?:from|by|over|for|at)|left under a cloud|left (?:his|her|the) (?:last|old|previous)|(?:last|previous|old|former) (?:school|job|club|nursery))\b[^.!?\n]{0,110}?(?:child(?:ren)?\b|kids?\b|girls?\b|boys?\b|pupils?\b|minors?\b|under ?age|sexual|indecent|abus\w+|assault\w*|touch\w*|groom\w*|messag\w+|porn\w*|images?\b|cruelty|neglect|students?\b|teenage\w*|battery|violen\w+|hit(?:ting)?\b|rape)
    (?:child(?:ren)?|kids?|girls?|boys?|pupils?|minors?|sexual|indecent|abus\w+|assault\w*|touch\w*|groom\w*|images|cruelty)\b[^.!?\n]{0,70}?(?:convict(?:ed|ion)|jailed|prison|charged|arrested|on bail|on trial|court|investigated|suspended|banned|barred|struck off|sacked|last school|previous school|old school and|sex offenders?)|sex offenders?'? (?:register|list)|(?:is|was|he's|she's|should be|been put|been|still) on the register(?! (?:for|of|at|as|in|every)\b)|(?:did|done|served|got) (?:\w+ )?(?:time|years?|months|\d+ ?(?:years?|months|yrs?)) (?:\w+ )?(?:for it|inside|for (?:it|that|what))|(?:nobody|no one|anybody|anyone|didn'?t|never) (?:\w+ )?(?:do|did|done|check(?:ed)?|run|ran|get|got) (?:a |any |his |her |the )?(?:dbs|crb)|on the register for|registered (?:sex )?offender|(?:barred|banned|prohibited) from (?:teaching|working with|being (?:near|around|with)|coaching|childcare)|barred list|no (?:dbs|crb)|without (?:a |any )?(?:dbs|crb)|never (?:been )?(?:dbs|crb)|own (?:kids|children) (?:were |was |got )?(?:taken|removed)|beats? (?:his|her|up his) (?:wife|own|kids|children|girlfriend|partner)|(?:unfit|unsafe|not fit|not safe|unsuitable) to (?:be |work |teach )?(?:\w+ )?(?:with |around |near |look after |in charge of )?(?:children|kids)|danger to (?:kids|children|pupils|our)|should(?:n'?t| not|nt) be (?:\w+ )?(?:near|around|alone with|allowed near|left with|working with) (?:\w+ )?(?:kids|children|girls|boys|pupils|a school)
    (?:let|lets|letting) (?:him|her|us|me|the (?:kids|girls|boys|lads|year \d+s)|us|them) (?:vape|smoke|drink)|(?:let|lets|letting|show(?:s|ed|ing)|put on|play(?:s|ed)|sat (?:\w+ ){1,4}in front of|watch(?:ed|es|ing)?) (?:[\w'-]+ ){0,7}?(?:an? 18(?:s| film| rated| cert)?|horror films?|squid game|beheading\w*|execution\w*|isis|porn\w*|gore)\b|(?:knife|gun|weapon) (?:in|to) (?:his|her|the) (?:desk|class|school|bag)
"""
_NOT_DONE = r"(?:boys will be|no need (?:for|to (?:involve|ring|call|tell))|sleep on it|took no action|no action (?:was )?taken|fail(?:ed|s|ing) to (?:act|tell|report|refer|pass|record|ring|protect|respond)|did(?:n'?t| not) (?:do anything|pass|tell|ring|report|log|refer|believe|act|record|listen|want to know|lift a finger)|(?:did|done|does|do|doing|doin) (?:nothing|nowt|naff all|sod all|nothin|f\W*all|absolutely nothing|fuck all)|nothing(?:'s| was| has been| been| got)? (?:\w+ )?(?:done|happened|changed|logged|recorded|reported|written|passed|came|come)|never (?:passed|rang|told|reported|logged|acted|recorded|phoned|did|mentioned|referred|rings|got back)|no ?(?:body|one|-one) (?:\w+ )?(?:rang|told|called|phoned|reported|acted|did|was told|believed|passed)|not (?:been )?(?:passed on|reported|recorded|logged|referred|acted|escalated)|ignor(?:ed|es|ing)|brush(?:ed|es|ing) (?:\w+ )?(?:off|aside|under)|laughed|shrugged|smil(?:es|ed)|rolled (?:her|his) eyes|sat on it|kept (?:it |this )?quiet|keep (?:it |this |\w+ )?(?:quiet|in[- ]house)|sw[ea]pt|cover(?:s|ed|ing)? (?:\w+ )?(?:up|for)|cover[- ]?up|hush(?:ed|ing)?|bur(?:y|ied)|turn(?:s|ed|ing)? a blind eye|look(?:s|ed) the other way|leave it (?:there|with|at|in|be)|no referral|not to (?:tell (?:stories|tales|fibs)|minute|write|mention)|dropp?(?:ed|ing) it|let it go|make (?:a fuss|trouble)|making (?:it )?up|said (?:\w+ )?not to|asked (?:me|us|her|him) to (?:think|keep|leave|forget|consider)|told (?:her|him|me|us|them|my \w+|staff) (?:to (?:drop|forget|delete|stop|keep|say|let|not)|not to|it was (?:nothing|banter|a joke)|she was lying|he was lying)|delet(?:e|ed)|protect(?:s|ed|ing)? (?:him|her|them|the|his|\w+)|stands? by|back(?:s|ed|ing) (?:him|her|them)|refus(?:es|ed|ing) to (?:act|do|report|look|call|ring|investigate|suspend)|still (?:teach|work|there|in|has|got|employ|let|drive)\w*|wouldn'?t (?:ring|call|report|act)|supply is hard|do(?:es)?n'?t (?:care|give)|don'?t want (?:\w+ )?(?:fuss|ofsted|police|bad)|knew|knows|known (?:about|for)|aware (?:of|for|since)|bury)"
_NOT_PASSED_ON = rf"""
    (?:told|tells|ask(?:ed|s)|order(?:ed|s)|instruct(?:ed|s)|advise[ds]|warn(?:ed|s)) (?:me|us|staff|them|her|him|person_\d+) (?:not to|never to|to not) (?:log|record|report|write|note|pass|refer|mention|tell|ring|repeat)
    (?:told|tells|disclosed|confided|said to|reported (?:it |this )?to|went to|showed|spoke to)[^\n]{{0,260}}?{_NOT_DONE}
"""
"""Somebody was told, and did not pass it on: it alleges where they were told of harm to a child."""
_REASON = rf"""
    (?:knew|knows|known|aware|told|hushed|covered|buried|ignored) [^.!?\n]{{0,40}}?what (?:that|this|the) [\w'-]+ (?:was doing|is doing|has been doing|does|did|has done|had done) (?:to|with) {_ONE}
    (?:after|for|over|cos of|because of) (?:what|the way) (?:[\w'-]+ ){{1,3}}?(?:did|done|has done|treated|treats)|what (?:he|she|they|you|u|person_\d+) (?:did|done|'?s done) (?:to|with)|feel what (?:my|our|he|she|they)|own medicine
    (?:puts?|la(?:id|ys?)|had) (?:(?:his|her|their|your) hands?|a finger|a hand) on (?:my|our)|(?:touch|hit|hurt|grab)(?:es|s)? (?:my|our) {_PUPIL} again|(?:for|after) (?:touching|hitting|hurting|grabbing|laying|messing with|what'?s been done)|am (?:beth|be) (?:wnaeth|ddeudodd|ddywedodd)
"""
"""A reason for a threat that may be an allegation, whatever it was."""
_HINTS = r"""
    alone|on (?:his|her|their) own|secret(?:ly|s)?|creep\w*|weird\w*|bums?|bottoms?|chests?|boobs?|breasts?|legs|naked|topless|undress\w*|underwear|knickers|chang(?:ed|ing)|showers?|toilets?|cupboard|locked|lock|in the dark|inhalers?|epi ?-?pens?|insulin|medicat\w+|medicine|nappy|pads?|wet|hungry|starving|scared|terrified|frightened|shak(?:ing|en|es)|hurt\w*|harm\w*|abus\w+|bruis\w*|blood\w*|bleed\w*|sore|hospital|a ?& ?e|lado|safeguarding|allegations?|vap(?:e|es|ing)|drink\w*|drunk|alcohol|drugs|weed|snap(?:chat\w*|s)?|insta(?:gram)?|discord|messag\w+|texts?|texted|texting|selfies?|pics?|photos?|nudes?|hug(?:s|ged|ging)?|cuddl\w*|lap|knees?|kiss\w*|touch\w*|hands? on|hands|arm round|lifts?|flat|his house|his place|bedroom|beds?|tent|hotel|asleep|sleep\w*|grip\w*|squeez\w*|nips?|pinch\w*|smack\w*|hit|hits|rough\w*|held|hold(?:s|ing)? (?:him|her|them)|restrain\w*|hold|forc\w+|scream\w*|swears?|swore|racist|sexist|inappropriate\w*|perv\w*|nonc\w+|p[ae]+d+o\w*|fit\b|sexy|beautiful|girlfriend|boyfriend|romantic|flirt\w*|fanc(?:y|ies)|convict\w*|arrested|charged|court|banned|barred|sacked|suspended
"""
"""StaffWords that make an allegation beside what the model finds, where they stand of a child and of the staff."""
_CALLS = rf"""
    (?:call(?:s|ed|ing)?|nicknam\w+|refer(?:s|red) to|shout(?:s|ed)?|say(?:s|ing)?|said|us(?:es|ed)) (?:[\w'-]+ ){{0,4}}?(?:{_KID}|to {_KID})
"""
"""Before a slur."""
_CALLED_SO = r"""
    p[ae]+d+o(?:s|phile\w*)?|pdf ?files?|nonc(?:e|es|ing|ey)|nonse|kidd(?:y|ie)[- ]?fiddl\w*|child (?:abuser|molester|groomer)s?|groomers?|expos(?:es|ed|ing) (?:him|her)self|flash(?:es|ed|ing) at
    (?:after|over|of|from|about|with) what (?:[\w'-]+ ){1,4}?(?:girls?|boys?|kids?|lads?|pupils?|child(?:ren)?|daughter|son) (?:said|told|reported|alleged|came out with)
    accus(?:es|ed|ing) (?:[\w'-]+ ){0,4}?of (?:hit|touch|assault|hurt|abus|grop|groom|push|slap|kick|punch|grab|inappropriate)\w*
    lado\b|(?:safeguarding|child protection) (?:concern|allegation|investigation|referral|issue)s? (?:about|against|involving|regarding)|(?:the |an |this |that )allegations? (?:was |were |has been |have been )?(?:made )?(?:by|against|about|of|that|from)|self[- ]?refer\w*|(?:not on site|off site|suspended|taken off (?:class|duties|timetable)|stepped (?:back|aside)|sent home|off work) (?:\w+ )?(?:while|whilst|pending|until) (?:\w+ ){0,4}(?:look\w* into|investigat\w+)
"""
"""What is called an allegation, or somebody by what they are said to be."""
_HARM_TOLD = re.compile(
    rf"(?<!\w)(?:hits?|hitting|beats?|beaten|beating|belt|slipper|punch\w*|kick\w*|slap\w*|hurt\w*|bruis\w*|abus\w*|touch\w*|rap(?:ed|ing)|groom\w*|molest\w*|self[- ]?harm\w*|suicid\w*|cutting (?:her|him)self|kill (?:her|him)self|starv\w*|burn(?:s|t|ed)|lock(?:s|ed) (?:him|her|me)|disclos\w*|nudes?|strangl\w*|scared to go home|knife|drunk|sexual\w*|forced marriage|fgm|what (?:his|her|my|their) [\w-]+ (?:did|does|was doing|had done|has done|has been doing)|(?:come|came|get|got|gets)s? (?:in|into) (?:his|her|my) (?:bed|room))(?!\w)|{either(_FORCE)}|{either(_SEXUAL)}"
)
_HURT = r"""
    bruis(?:e|es|ed|ing)|(?:finger|hand|nail|grip|thumb|bite|rope|strap|belt|carpet|scratch|slap|tape|friction)[- ]?(?:mark|print|burn|pattern)s?|marks? (?:\w+ ){0,3}(?:on|up|round|around|all over|down|across)|black(?:ened)? eye|(?:split|cut|busted|burst|swollen|fat|bloody) (?:his |her |my |open )?(?:\w+ )?(?:lip|eyebrow|eye|head|chin|nose|forehead)|nose ?bleed|bleeding|(?:broken|broke|fractured|dislocated) (?:his |her |my |an? )?(?:\w+ )?(?:arm|wrist|collar ?bone|finger|leg|nose|rib|jaw|tooth|shoulder|elbow|toe|ankle|foot)|concuss\w+|stitches|scald\w*|wet (?:him|her|my|them)sel(?:f|ves)|soiled|dirty nappy|red raw|flinch(?:es|ed|ing)?|(?:terrified|petrified|frightened|scared(?: stiff)?) of (?:him|her|sir|miss)
"""
"""What a child suffers or shows: it alleges beside an adult who has charge of them."""
_LIMBS = {
    name: pattern_of(lines)
    for name, lines in (
        ("force", _FORCE), ("shut away", _SHUT_AWAY), ("left", _LEFT), ("refused", _REFUSED),
        ("sexual", _SEXUAL), ("discriminates", _DISCRIMINATES), ("unfit", _UNFIT), ("hurt", _HURT),
        ("reason", _REASON), ("called so", _CALLED_SO), ("hint", _HINTS),
        ("calls", _CALLS),
    )
}  # fmt: skip
_UNSURE = ("hurt", "reason")
"""Kinds that tell of no deed by themselves."""
_HINT = ("hint", "calls")
"""Kinds that need more beside them."""
_OWN = ("force", "sexual", "unfit")
"""Kinds that whoever writes may tell of themselves."""
_OF_ANYBODY = ("reason", "called so", "shut away")
"""Kinds that need not say that it was a child."""
_UNTOLD = pattern_of(_NOT_PASSED_ON)
_NOTHING_DONE = pattern_of(_NOT_DONE)
_NO_ANSWER = re.compile(
    r"\b(?:said|says|replied|told (?:her|him|me|us)) (?:that )?(?:he|she|it|they)(?: was| were|'s| is|s) (?!going|sorry|shocked|looking|dealing|ringing|calling|horrified|taking|aware|on (?:it|the phone))\w+|(?:was|were|been) told to (?:change|forget|ignore|block|drop|toughen|get over|move on|stop|wait|let)|\bno (?:reply|response|answer|action)|never (?:replied|answered|came back)|heard nothing|not (?:heard|replied|responded|had a (?:reply|response))|(?:her|his) (?:only )?(?:reply|answer|response)(?: was)?\W+(?<=['\"‘“])|(?:hasn'?t|haven'?t|didn'?t) (?:replied|reply|answer\w*|respond\w*|heard)|fobbed|twice|again today|third time|same (?:thing|again)"
)
_ACTS = "has|had|have|knew|knows|was|told|asked|did|said|won't|wants|walked|saw|watched"
_KNEW = re.compile(
    r"^(?: of [\w' ]{1,20}?)? (?:(?:has |had |have |always |already )*(?:known|knew|been aware)(?! nothing)|(?:has|had|have) had (?:[\w'-]+ ){0,4}?(?:statements?|complaints?|reports?|letters?|warnings?|e-?mails?|disclosures?)|(?:has |had )?asked (?:us|me|staff|everyone|them) (?:not|never)|(?:walked|came|looked|popped) (?:in|past|by)[^.!?\n]{0,60}?(?:just|shut|closed|walked|turned|carried|went|left|said nothing)|(?:saw|seen|heard|witnessed|stood)\b[^.!?\n]{0,60}?\b(?:carried on|turned|said nothing|did nothing|shut|walked (?:off|away|on|past)|looked away|laughed|smiled)|(?:just )?(?:watched|stood (?:there|by|and watched)))\b"
)
"""What follows a head who knew of harm, or saw it."""
_MENTION = re.compile(rf"{either(_STAFF)}|{HEAD.pattern}|{OF_TRUST.pattern}")
_CHILD = re.compile(
    rf"(?<!\w)(?:{_PUPIL}(?:'?s)?|(?:s?he(?:'?s| is| was)|they'?re|i'?m|i was|aged?) (?:only |just )?(?:\d|1[0-7]|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen))(?!\w)"
)
_SHOW_A_CHILD = ("force", "shut away", "left", "refused")
"""Kinds that nobody does to anybody but a child."""
_AGAINST_A_CHILD = re.compile(r"indecent|sexual|sex offen|groom|child|minor|under ?age|\brape|porn")
"""What an offence is called that is of a child, or makes whoever did it unfit."""
_HIM = re.compile(r"\b(?:him|her|them|me|us) (?:\w+ )?$")
_PRONOUN = re.compile(r"\b(?:him|her|them|me|us)\b")
_ONE_HIT = re.compile(
    r"\b(?:him|her|them|me|us|(?:our|wor|oor) [a-z]+)\b|\w's (?:head|face|arm|neck|back|hair|wrist)|\w (?:round|around|across|upside) the (?!back$)"
)
_PUPILS_VOICE = re.compile(
    r"\b(?:let|lets|told|tells|telling|made|makes|making|asked|asks|called|calls|us|my) (?:me|us|you|u|ur|grades?|marks?|form tutor|class|form|set|mates?)\b|\bin front of (?:everyone|everybody|the (?:whole )?class|us all|all of us)|\b(?:we|i|our class|the whole class) (?:all )?(?:got|get|had|have|saw|were|was)\b"
)
_END = re.compile(r"(?<=[.!?])[\"')\s]+|\n+")
_GAP = r"(?:(?!(?:was|were|been|being|got|gets|getting|by|he|she|they|that|who|told|says?|said|person_\d+|mr|mrs|miss|ms|sir)\b)[\w'-]+ ){0,4}$"
_LATER = re.compile(
    r"\b(?:i'?ll|i will|i'?m (?:gonna|going to|gunna|ganna)|we'?ll|we will|gonna|gunna|ganna|somebody|someone|some1|should|shud|deserves?|needs? (?:to|an?|her|his|putting|sorting)|i'?d|i would|we'?d|could(?:'?ve| have)|want to(?! (?:record|report|say|tell|know|complain|raise|ask|warn)\b)|wanna|hope (?:s?he|they)|waiting to|coming to|about to|go and|let'?s|im) (?:[\w'-]+ ){0,3}$"
)
"""Before a deed: it is to come, or wished for."""
_WRITER = re.compile(
    r"(?<![\w'])(?:i|i've|we|i'm afraid i) (?:(?:(?:have|had|been|was|just|then|also|nearly|accidentally|must have|may have|did|and) ){0,3}|(?:(?!\b(?:he|she|they|who|that|person_\d+|mr|mrs|miss|ms|sir|(?<!at )(?<!on )(?<!in )(?<!to )(?<!from )the)\b)[^.!?\n]){0,60}?(?:, |and |then ))$"
)
_MINE = re.compile(r"\bmy (?:own )?(?:lap|knee|car)$")
_TO_ME = re.compile(r"\b(?:me|us|my face|my head)\b")
"""Done to whoever signs, and so to no child."""
_CARED = re.compile(
    r"restrain|held|holding|us(?:e|ed|ing) |physical|grabb?(?:ed|ing) (?:my|a|the|some) (?!\w+ by)"
)
"""What whoever reports may have had to do, or is no deed."""
_SOMEBODY = re.compile(rf"\b(?:him|her|them|{_PUPIL}|[a-z] \(\w+\)|his|their)(?!\w)")
_NOT = re.compile(
    r"\b(?:didn'?t|did not|doesn'?t|never|hasn'?t|haven'?t|wasn'?t|weren'?t|not|nobody|no one|isn'?t|aren'?t|nor) (?:[\w'-]+ ){0,2}$"
)
_PEER = re.compile(
    rf"(?:^\W*|\b(?:a|an|another|some|other|older|bigger|two|three|four|five|six|\d|one|(?:group|gang|bunch) of|these|those|same|any|kids|big|different) (?:[\w'-]+ ){{0,2}}?)(?:boy|girl|lad|lass|kid|child|children|pupil|student|bull(?:y|ies)|classmate|mate|year \d+|y\d+|brother|sister)s? {_GAP}"
)
_AT_HOME = r"(?:step ?-?(?:dad|father|mum|mother)|dad|daddy|da|father|mum|mummy|mother|mam|uncle|nan|grandad|grandma|partner|boyfriend|girlfriend|ex|husband|wife|parents?|brother|sister|cousin|neighbour|lodger|foster carer|stranger|gang|family|dog|cat|(?:strange )?(?:man|bloke|fella|lad|driver) in (?:a|the|some) (?:\w+ ){0,3}?(?:van|car|hoodie|mask|golf|audi|bmw|transit|corsa|fiesta|astra|focus|polo)|white van)"
_HOME = re.compile(
    rf"(?<!told )(?<!told his )(?<!told her )(?<!told my )(?<!told the )(?<!rang )\b{_AT_HOME}(?:'?s)? {_GAP}"
)
_WITH = re.compile(r"(?:by|on|onto|round|around|over|across|in|with|under|against|up) ")
"""Before it stands to whom it was done, not who did it: “had a girl on his knee”."""
_GOING_ON = re.compile(r"\b(?:has|have|had|keeps?|is|was|are|were) (?:been )?$")
_AT_STAFF = re.compile(
    r"^(?:\W+(?:at|on|of|to|into|the|a|an|my|his|her|that|our|poor|this|young|old)){0,3}\W+(?:person_\d+|mr|mrs|miss|ms|sir|teachers?|tas?|(?<!his )(?<!her )(?<!my )head(?:teacher)?|staff|members? of staff|caretaker|drivers?|deputy|supply)\b(?! (?:room|car park|toilet))"
)
"""After a deed: it was done to somebody of the staff."""
_STAFF_HELD = re.compile(
    r"\b(?:had|has|got|held|holding|took|caught|lifted|pulled|grabbed) (?:our |the |that |poor )?(?:person_\d+|teacher|ta|head(?:teacher)?|deputy|caretaker|sir|miss) $"
)
"""Before “by the collar”: the same."""
_THEY = re.compile(
    r"\b(?:(?<!girls )(?<!boys )(?<!kids )(?<!them )(?<!her )(?<!him )they|school(?! (?:run|bus|minibus|taxi|trip|coach|gate))|nursery|(?:breakfast|after school|holiday) club|someone|somebody) (?:[\w'-]+ ){0,2}$"
)
_AT_SCHOOL = re.compile(
    r"\b(?:at|of|from|in|to|for|near|up|runs?|ran) (?:(?!the |our |this |that )[\w'-]+ ){0,3}?(?:school|nursery|club)\b"
)
"""Where somebody is, not who did it: “Mr N at Oakfield School”."""
DENIED = re.compile(
    r"\b(?:it is|it's|its|that's|thats|all|is|are|was|a complete|complete) (?:a )?(?:lies?|untrue|not true|rubbish|nonsense|malicious|false|made up)\b|another (?:woman|man|teacher|person) altogether|\b(?:rumours?|gossip) (?:is|are|about|that)"
)
"""That what is said is no truth."""
_RESCUED = re.compile(
    r"\b(?:pull|dragg?|got|prise|took)(?:ed|s)? (?:[\w'-]+ ){1,4}?(?:(?:off|away from) (?:my|our|him|her|the|a|another)|(?:from|out of) (?:the|a) (?:canal|river|lake|sea|water|pool|pond|fire|road|path of))\b|\bbroke (?:it|the fight|them) up\b|\bsaved (?:my|our|his|her)\b"
)
"""Somebody of the staff helped."""
_THREATENS = pattern_of(r"""
    (?:do|doing) (?:exactly )?the same (?:back )?to (?:him|her|them|you|person_\d+)|(?:i|he|she|they)(?:'ll|'d| will| would) (?:be back|come back|return) (?:to|and) (?:finish|sort|do|batter|kill|get|have) (?:him|her|them|you|me|person_\d+)\b|dead (?:man|woman) walking|(?:you|he|she|person_\d+)(?:'s|'re| are| is|s|re)? (?:a )?dead (?:man|woman|meat)
    (?:said|says|told me|shouted|screamed|warned me) (?:that )?(?:he|she|they)(?:'d|'ll| would| will| was going to| is going to| were going to)(?: come and| go and)? \W?(?:(?:batter|kill|hurt|deal with|knock|punch|smack|stab|be waiting for|come for) (?:me|us)\b|sort (?:me|us) out(?! with| by| on| a\b)|(?:have|do|get) (?:me|us)(?:\W*$|\W* (?:outside|after work|at the gates?|because|cos|for (?:it|this|that))\b))|threatened (?:me|person_\d+|to (?:kill|hit|hurt|stab|batter|punch|attack|find|come after|burn) (?:me|person_\d+))\b(?! with (?:\w+ )?(?:court|fine|social|legal|detention|exclusion|ofsted|the papers))|see how (?:he|she|they) likes? it (?:with (?:both|a|his|her|their)|when (?:his|her|it'?s|some))|(?:am|i'?m|we'?re) going down there (?:to|and) (?:sort|batter|do|deal|knock|show|get)|(?:should|better|wants to|wanna|to|can) (?:watch (?:his|her|your|their) back|sleep with one eye open)|(?:petrol|fire\w*|brick|dog ?(?:shit|mess)) through (?:his|her|their|your|person_\d+'?s?) (?:\w+ )?(?:letter ?box|window|door)
    """)
"""A threat against somebody of the staff, or a report of one."""
BULLIED = re.compile(r"\bbull(?:y|ied|ies)")
_POSES = pattern_of(r"""
    (?:fake|false|spoof|parody|imposter|bogus|clone[d]?|hacked) (?:[\w'-]+ ){0,4}?(?:account|profile|page|insta\w*|snap\w*|tiktok|facebook|email|number)|(?:account|profile|page|somebody|someone|person|pupil)s? (?:[\w'-]+ ){0,5}?(?:pretending to be|posing as|purporting to be|claiming to be|impersonat\w+)|pretend(?:s|ing)? to be|pos(?:es|ing) as|impersonat\w+|(?:account|profile|page) (?:has been |was |been )?(?:\w+ )?(?:set up|made|created|opened) (?:[\w'-]+ ){0,4}?(?:in|using|with) (?:[\w'-]+ ){0,3}?(?:name|photo\w*)|(?:in|using|with) (?:person_\d+|his|her|the \w+|miss \w+|mr \w+|mrs \w+)(?:'?s)? (?:name|photo\w*)|not really (?:him|her)\b|(?:is|it'?s|its|was) (?:obviously |clearly |so |definitely )*not (?:really |even |actually )?(?:him|her|hers|his)\b|isn'?t (?:really )?(?:him|her|his|hers)\b|deep ?fake\w*|ai (?:generated|voice|video|picture)
    """)
"""Somebody else acts in their name: what is done there is not told of them."""
_JOB = pattern_of(r"""
    detentions?|isolation|inclusion|exclu(?:ded|sion)|suspend(?:ed|ing) (?:him|her|my)|confiscat\w+|(?:took|taken|takes|taking|have|has) (?:\w+ ){0,3}(?:phone|mobile|earrings?|trainers|vape|airpods|jewellery|make ?up|hoodie)s?\b|search(?:ed|es|ing)? (?:[\w'-]+ ){0,3}(?:bags?|pockets?|lockers?|blazers?)|(?:reported|referred|phoned|rang|rung|called) (?:\w+ ){0,5}(?:social services|social|ss|children'?s services|early help)|homework|(?:predicted|grade|grades|marked|mark|report|set|sets|behaviour points?|sanctions?|merits?|uniform|attendance|fine[ds]?)\b|told (?:him|her|me|us|them|my \w+) off|telling off|shout(?:s|ed|ing)?|(?:refus(?:es|ed)|said no|won'?t|wouldn'?t) (?:\w+ ){0,4}(?:refund|trip|leave|holiday|meeting|reply|answer|move|change|place)|sent (?:him|her|me|them|my \w+) (?:home|out)|stand(?:ing)? outside
    """)
"""Acts of the job that people complain of."""
_WRONGS = pattern_of(r"""
    called me (?:a|an)\b|(?:tiktok|video|clip|meme|photo|picture|pic|recording|account|page|group)s? (?:\w+ )?(?:of|about) me\b|without my (?:knowledge|consent|knowing)|in my (?:lesson|name)|(?:film|record|video)(?:ed|ing)? (?:over )?(?:me|my (?:lessons?|class|face|shoulder|meeting|room))\b|got (?:it|her|him|them|this) (?:all )?on (?:vid|video|camera|film)|(?:secretly|covertly) \w+|(?:film|record|video|clip|meme|edit|tiktok|reel|photo|pic|picture|sticker|montage)(?:s|ed|ing)? (?:of )?(?:the |our |that |poor )?(?:person_\d+|mr|mrs|miss|ms|sir)\b
    (?:had|taken|took|takes|taking|helped (?:him|her)self to|helping (?:him|her)self to|kept|pinched|walked off with) (?:the |our |all |some |of ){0,3}(?:[\w-]+ )?(?:money|cash|takings|tin|float|funds?)\b|thie(?:f|ves|ving)|stole|steal(?:s|ing)?|nick(?:s|ed|ing)|fiddl(?:es|ed|ing) (?!with)|fraud\w*|embezz\w+|crook\w*|on ebay|sick pay|expenses|mileage|brown envelope|back ?handers?|bungs?|kick ?backs?|on the take|pocket(?:s|ed|ing) (?:the|our)|(?:having|had|has) an? affair|(?:wife|husband) left|he'?s gay|she'?s gay|a lesbian|sectioned|breakdown|divorce\w*|having it off|shagging|sleeping with (?:a |the |another )?(?:married|governor|parent|dad|mum|teacher|colleague|head|deputy)|carrying on with (?:the|a|another) (?:\w+ )?(?:nurse|parent|dad|mum|teacher|governor|secretary|cleaner|caretaker|head|deputy)|liar|lies|lied|cheat(?:s|ed|ing)?|forg(?:ed|es|ing)|fak(?:e|ed|es|ing) (?:\w+ )?(?:degree|reference|qualification|cv|result|data|grade)s?|criminal|corrupt\w*|bent\b|con ?(?:man|artist|woman)|junkie|druggie|alcoholic|drug dealer|racist|(?:home address|lives at|her address|his address|number is|reg(?:istration)?)
    """)
"""What wrongs somebody of the staff and is no matter of a child."""
_TOLD_THEM = re.compile(
    r"\b(?:told|tell|tells|telling|asked|asking|ask|emailed|e-?mail|wrote to|written to|spoke(?:n)? to|speak to|went to|gone to|rang|ring|reported (?:it |this |him |her |them |that )?to|report(?:ed)? to|said to|thanks?(?: to)?|thank you(?: to)?|met with|(?:go|gone|went|going|come|came|in|asked|want|wanted|need) (?:and|to) see|contact(?:ed)?|disclosed to|complained to|informed|inform|show|showed|shown|handed (?:it )?to|passed (?:it )?(?:on )?to|cc|via|dear|hi|hello|attn|waiting for|(?:reply|answer|call|callback|word|response|apology|letter|e-?mail|meeting|chat) (?:from|with)|phoned|confided in|brought to|came to|referred to|logged (?:by|with)|recorded by|reported by|signed|witness(?:ed)? by|seen by|heard by|found by|in front of|sent to|apart from|unlike|according to|for|(?:and|or|,) to) (?:our |the |his |her |their |my |that |lovely |poor |deputy )?$"
)
_THEY_TOLD = re.compile(
    r"^'s (?:dog|cat|car|van|wife|husband|son|daughter|kids?|brother|sister|mum|dad|partner|mate|house)\b|^(?:'s)?(?: (?:who|also|then|just|has|had|have|since|already|immediately|rightly|kindly|the [\w-]+|on (?:the )?(?:desk|reception|duty|gate)))*,? (?:told (?:us|me|the (?:head|office|police|dsl)|his mum|her mum)|reported (?:it|this|him|her|that)|(?:rang|called) (?:me|the (?!kids|children)|us|home|101|999|an ambulance|people|ppl|social|childline|it in)|phoned|emailed|listens|is the only one who|saw (?:it|him|her|them|the|what)|heard (?:it|him|her|them|the)|witnessed|noticed|found (?:him|her|them|my)|walked in|logged|recorded it|passed it on|informed|(?:is|was|has been|'s been|were)(?: (?:so|very|really|absolutely|always))* (?:lovely|great|brilliant|amazing|kind|wonderful|fantastic|supportive)|is (?:aware|looking into|dealing)|was in tears|(?:has|have|took|got) (?:his|her|the) (?:reg|number|details)\b[^.!?\n]*? rang|dealt|helped|comforted|chased (?:him|them) off|stepped in|intervened|took (?:him|her|my \w+|them) (?:to (?:the )?(?:office|nurse|first aid|medical)|straight)|cleaned|patched|doesn'?t know|didn'?t know|has been (?:told|informed)|has no idea)\b"
)
_SAME = re.compile(
    r"^(?:,| -| \()? ?(?:(?:is|was|the|our|a|an|my|their|this|who|who's|whos|as|school|class|year|pe|maths|deputy|lead|\w+'s) ?){0,4}(?:(?<= the )\w+ (?:\w+ )?|(?<=, )\w+ (?:\w+ )?)?$"
)
_AND = re.compile(r"^(?:,| and| or| &|, and|, or)(?: also| then)? $")
_SIGNED = re.compile(
    r"[.!?\n\"]\s*(?:signed:?\s*|from:?\s*|regards,?\s*|thanks,?\s*|-+\s*)?(?:[\w.]{1,3} )?$"
)
_AS_WHAT = re.compile(r"(?:, ?[\w /&]{1,30}|\s*\([^)]{1,30}\))?\W*")
"""What may follow a name that signs: an office."""


@dataclass(frozen=True, slots=True)
class StaffMention:
    """Where somebody of the staff is spoken of: from, to; the number of one who is named, the offices said.

    `beside` is one who only was told, `saw` it or helped, or `signs`.
    """

    start: int
    end: int
    person: int | None
    offices: frozenset[Role]
    beside: bool
    signs: bool = False
    saw: bool = False

    @property
    def known(self) -> bool:
        """Is somebody named, or their office said?"""
        return self.person is not None or bool(self.offices)


@dataclass(frozen=True, slots=True)
class Deed:
    """What is said to have been done to a child: where, which kind, by whom of the mentions (none where that
    cannot be told). `writer`: by whoever writes."""

    start: int
    limb: str
    by: tuple[StaffMention, ...] = ()
    writer: bool = False


@dataclass(frozen=True, slots=True)
class StaffWords:
    """What a text says of whoever works with children: their deeds, and where they are spoken of. `others`: a
    child was harmed by another child or by somebody at home. `poses`: somebody acts in their name. `job`: they
    are complained of for an act of the job; `wrongs`: they are filmed in secret, or accused of what is no
    matter of a child."""

    text: str
    deeds: tuple[Deed, ...]
    hints: tuple[Deed, ...]
    mentions: tuple[StaffMention, ...]
    others: bool
    poses: bool
    job: bool
    wrongs: bool

    @property
    def threatens(self) -> bool:
        """Do the words threaten somebody of the staff, or tell that somebody did?"""
        return bool(self.mentions) and _THREATENS.search(self.text) is not None

    @property
    def clear(self) -> bool:
        """Do the words themselves say a deed of somebody of the staff?"""
        return any(d.by and d.limb not in _UNSURE for d in self.deeds)

    @property
    def some(self) -> bool:
        """Is there a deed, by whomever of the staff or the school, or the hurt of a child?"""
        return any(d.by or not (d.writer or self.others) for d in self.deeds)

    @property
    def hinted(self) -> bool:
        """Does a word at least hint at one, by somebody of the staff?"""
        return any(d.by and d.limb == "hint" for d in self.hints)

    @property
    def called(self) -> bool:
        """Is a child called something by somebody of the staff?"""
        return any(d.by and d.limb == "calls" for d in self.hints)

    @property
    def by_writer(self) -> bool:
        """Does whoever writes say it of themselves?"""
        return any(d.writer for d in self.deeds)

    def whom(self) -> tuple[frozenset[int], frozenset[Role]] | None:
        """The numbers of those named, and the offices, of whom it is said; None where that cannot be told."""
        by = [m for d in self.deeds or self.hints for m in d.by]
        own = self.by_writer or (not by and any(d.limb == "called so" for d in self.deeds))
        by += [m for m in self.mentions if m.signs and own]
        meant = [m for m in by if m.known] or [m for m in self.mentions if m.known and not m.beside]
        if not (meant or by or self.others) and not (self.mentions and all(m.signs for m in self.mentions)):
            return None
        persons = frozenset(m.person for m in meant if m.person is not None)
        return persons, frozenset[Role]().union(*(m.offices for m in meant))

    def untold_by(self, heads: frozenset[int], called: Collection[str], *, alleged: bool) -> bool:
        """Is the head (by name, `heads`, or office; or `called` by a first name) said to have known of it, covered
        it up or not acted? That nobody answered, or knew and nothing more, says so where somebody there is
        `alleged` to have harmed a child."""
        first = rf"(?<![\w'])(?:{'|'.join(map(re.escape, called))})(?= (?:{_ACTS})\b)" if called else r"(?!)"
        spans = [m for m in self.mentions if m.person in heads or Role.HEAD in m.offices]
        for start, end in [
            *((m.start, m.end) for m in spans),
            *(m.span() for m in re.finditer(first, self.text)),
        ]:
            written = re.search(r"\b(?:dear|hi|hello|to) (?:the )?$", self.text[max(0, start - 12) : start])
            near = self.text[max(0, start - 100) : len(self.text) if written else end + 220]
            if _NOTHING_DONE.search(near) or (alleged and _NO_ANSWER.search(near)):
                return True
            if alleged and _KNEW.match(self.text[end : end + 120]):
                return True
        return False


NO_WORDS = StaffWords("", (), (), (), others=False, poses=False, job=False, wrongs=False)


def read_words(plain: str, names: Sequence[str] = ()) -> StaffWords:
    """What a text in lower case, its disguises undone, says of the staff and those of these `names`."""
    text = _with_numbers(plain, names)
    mentions = _mentions(text)
    parts, deeds = _sentences(text), _untold(text, mentions)
    rescues = [m.span() for m in _RESCUED.finditer(text)]
    others, signed, posed = bool(rescues), any(m.signs for m in mentions), False
    for k, (a, b) in enumerate(parts):
        sentence = text[a:b]
        near = text[parts[max(0, k - 2)][0] : parts[min(len(parts) - 1, k + 2)][1]]
        posed = posed or _POSES.search(sentence) is not None
        if posed and (_POSES.search(sentence) or not _MENTION.search(sentence)):
            others = True  # what an account does that poses as somebody
            continue
        for limb, pattern in _LIMBS.items():
            hits = pattern.finditer(sentence)
            for hit in islice(hits, 1) if limb in _HINT else hits:
                before, start = sentence[: hit.start()], a + hit.start()
                rescued = limb == "force" and any(x <= start < y for x, y in rescues)
                if rescued or _undone(limb, before):
                    continue
                if signed and _TO_ME.search(hit[0]):
                    continue
                if limb in _OWN and (_WRITER.search(before) or _MINE.search(hit[0])):
                    if not _CARED.match(hit[0]) and _SOMEBODY.search(near):
                        deeds.append(Deed(start, limb, writer=True))
                elif _by_others(limb, hit[0], before, sentence[hit.end() :]):
                    others = others or limb not in _HINT
                elif limb in _OF_ANYBODY or _of_a_child(limb, hit[0], before, sentence, near):
                    they = _THEY.search(_AT_SCHOOL.sub(" ", before))
                    by = () if they else _doers(mentions, start, a + hit.end(), text, limb)
                    deeds.append(Deed(start, limb, by))
    hints = tuple(d for d in deeds if d.limb in _HINT)
    joined = tuple(m for m in mentions if not m.beside and _JOINS.match(text, m.end))
    told = tuple(
        replace(d, by=(*d.by, *(m for m in joined if m not in d.by))) if d.by else d
        for d in deeds
        if d.limb not in _HINT
    )
    if not any(d.by or d.writer or d.limb not in _UNSURE for d in told) and all(m.beside for m in mentions):
        others = others or bool(re.search(rf"\b{_AT_HOME}\b", text))
    flags = (bool(pattern.search(text)) for pattern in (_POSES, _JOB, _WRONGS))
    return StaffWords(text, told, hints, tuple(mentions), others, *flags)


def _undone(limb: str, before: str) -> bool:
    """Is a deed, by what stands before it, yet to come, wished for, or said not to have been done?"""
    if limb != "reason" and _LATER.search(before):
        return True
    return limb in ("force", "sexual") and _NOT.search(before) is not None


def _by_others(limb: str, hit: str, before: str, after: str) -> bool:
    """Was it done by another child or at home, or to somebody of the staff?"""
    if limb == "force" and (
        _AT_STAFF.search(after) or (hit.startswith("by ") and _STAFF_HELD.search(before))
    ):
        return True
    if hit.split(" ")[0].endswith("ing"):  # “has been offering”, not “has been hit”
        before = _GOING_ON.sub("", before)
    if limb in ("called so", "reason"):
        return False
    return bool((not _WITH.match(hit) and _PEER.search(before)) or _HOME.search(before))


def _untold(text: str, mentions: Sequence[StaffMention]) -> list[Deed]:
    """Harm to a child that somebody was told of and did not pass on, and who."""
    found = []
    for hit in _UNTOLD.finditer(text):
        told = text[max(0, hit.start() - 200) : hit.end() + 60]
        if _HARM_TOLD.search(told) and _CHILD.search(told) and not BULLIED.search(text):
            by = [m for m in mentions if hit.start() - 60 < m.start < hit.start() + 40]
            by.sort(key=lambda m: abs(m.start - hit.start()))
            found.append(Deed(hit.start(), "untold", tuple(by[:1])))
    return found


def _of_a_child(limb: str, hit: str, before: str, sentence: str, near: str) -> bool:
    """Was it done to a child, or to somebody whom the deed alone shows to be one, or does a pupil tell of it?"""
    if limb in _SHOW_A_CHILD and (
        _ONE_HIT.search(hit) or (hit.startswith("by ") and _PRONOUN.search(sentence)) or _HIM.search(before)
    ):
        return True
    if limb == "unfit" and _AGAINST_A_CHILD.search(hit):
        return True
    return bool(_CHILD.search(near) or _PUPILS_VOICE.search(sentence))


def _with_numbers(plain: str, names: Sequence[str]) -> str:
    """The text in which each name that is there has become `person_N`, by its place in `names`."""
    for n, name in enumerate(names):
        words = name.lower().split()
        if words and words[-1] in plain:
            plain = _named(name).sub(f"person_{n}", plain)
    return plain


@lru_cache(maxsize=4096)
def _named(name: str) -> re.Pattern[str]:
    words = [re.escape(w) for w in re.sub(rf"^{_TITLE}\b\.? ", "", name.lower()).split()]
    first = rf"(?:{words[0]} |{words[0][0]}\.? )?" if len(words) > 1 else ""
    return re.compile(rf"(?<!\w)(?:{_TITLE}\b\.? ?)?{first}{words[-1]}(?='?s?(?!\w))")


def _sentences(text: str) -> list[tuple[int, int]]:
    ends = [(m.start(), m.end()) for m in _END.finditer(text)]
    starts = [0, *(end for _, end in ends)]
    return list(zip(starts, [*(start for start, _ in ends), len(text)], strict=True))


def _mentions(text: str) -> list[StaffMention]:
    """Those of whom it speaks, in turn; “Mr N, the deputy” is one."""
    found: list[StaffMention] = []
    limbs = {m.end() for m in BODY.finditer(text)}
    for hit in _MENTION.finditer(text):
        if hit.end() in limbs:
            continue
        n = re.match(r"person_(\d+)", hit[0])
        before, after = text[max(0, hit.start() - 40) : hit.start()], text[hit.end() : hit.end() + 60]
        article = re.search(r"(?:the|our|that|a) $", before)
        bare = hit[0] in ("deputy", "head")
        office = f"the {hit[0]}" if bare else (article[0] if article else "") + hit[0]
        roles = frozenset[Role]() if n else roles_said(office)
        roles |= {Role.TRUST_CONTACT} if OF_TRUST.search(office) else set()
        signs = n is not None and _signs(before, after)
        told, saw = _TOLD_THEM.search(before) is not None, _THEY_TOLD.search(after) is not None
        person = int(n[1]) if n else None
        one = StaffMention(
            hit.start(), hit.end(), person, roles, signs or told or saw, signs, saw and not told
        )
        last = found[-1] if found else None
        if last and None in (last.person, person) and _SAME.search(text[last.end : hit.start()]):
            person = person if last.person is None else last.person
            roles = last.offices | roles if person is None else frozenset()
            flags = (last.beside or one.beside, last.signs or signs, last.saw or one.saw)
            found[-1] = StaffMention(last.start, one.end, person, roles, *flags)
        else:
            found.append(one)
    return found


_JOINS = re.compile(
    r" (?:just |only )?(?:watched|stood (?:by|in the door\w*|there)|looked on|held (?:the door|him|her|them)|kept watch|joined in)\b"
)
"""After whoever stood by or took part, and did nothing for the child."""
_BY = re.compile(r"[^.!?\n]{0,50}?\bby (?:\w+ ){0,2}|[^.!?\n]{0,15}?\b(?:that|where|from|off|when) (?:\w+ )?")


def _signs(before: str, after: str) -> bool:
    """Does whoever writes give this as their name: at the end, or “Mr N here”?"""
    if after.startswith(" here") or re.search(r"\b(?:i am|i'm|this is|my name is|im) $", before):
        return True
    return bool(_SIGNED.search(before) and _AS_WHAT.fullmatch(after))


def _doers(
    mentions: Sequence[StaffMention], start: int, end: int, text: str, limb: str
) -> tuple[StaffMention, ...]:
    """Whoever is said to have done it: who was asked for what they refused; after “by”, else the nearest before who is not merely beside it, with
    those joined to them by “and”; else the first after."""
    asked = [m for m in mentions if limb == "refused" and start <= m.start < end and not m.signs]
    if asked:
        return (asked[0],)
    for m in mentions:
        if m.start >= end and _BY.fullmatch(text[end : m.start]):
            return (m,)
    free = [m for m in mentions if not m.beside]
    free = free or [m for m in mentions if m.saw and " and " in text[m.end : end]]
    before = [m for m in free if m.start <= start]
    if not before:
        return tuple(free[:1])
    found = [before.pop()]
    while before and _AND.search(text[before[-1].end : found[-1].start]):
        found.append(before.pop())
    return tuple(found)
