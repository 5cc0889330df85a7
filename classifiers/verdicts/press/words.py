"""What the press says against schools and for them, by event: whole phrases."""

# ruff: noqa: E501 - a pattern has one alternative a line, however long
from __future__ import annotations

import re
from dataclasses import dataclass

from classifiers.signals.rule import pattern_of
from data.types import PressEvent, Severity

STAFF = r"(?:head(?:teacher|master|mistress)?|principals?|rector|teach(?:er|ing)s?(?: assistant)?|assistant|caretaker|bursar|staff|masters?|deput(?:y|ies)|governors?|coach|manager|matron|chaplain|technician|tutor|worker|house(?:master|mistress|parent)|volunteer|chaperone|trust chief|finance officer|care assistant|cook|cleaner|groundsman|receptionist|chief|ceo|boss|educator|lecturer|prifathro|pennaeth|athro|athrawes)"
PUPIL = r"(?:pupils?|students?|child(?:ren)?|boys?|girls?|schoolboy|schoolgirl|teen(?:ager)?s?|youngsters?|boarders?|sixth[- ]former|disgybl(?:ion)?|s[1-6] pupil|year \d+)"
_INSPECTORS = (
    r"(?:ofsted|estyn|hmie?|eti|isi|siams|inspect(?:ors?|ion|ed)|education scotland|report|watchdog)"
)
_LEADER = r"(?<!police )(?<!fire )(?<!council )(?:chief(?: executives?| execs?)?|ceos?|trust (?:boss|leader|head)(?:es)?|boss(?:es)?|executive (?:head|principal)(?:teacher)?s?)"
_NOT_STAFF = r"(?: (?!staff|teach|workers|support|cleaner|pupil)[\w,.£%-]+){0,4}"
GAP = r"(?:\W+[\w'’-]+){0,6}?\W+"


@dataclass(frozen=True, slots=True)
class PressRule:
    """Phrases of one event. `floor` is the least severity; `firm` ones hold beside words of play or praise."""

    event: PressEvent
    floor: Severity
    firm: bool
    pattern: re.Pattern[str]


def _rule(event: PressEvent, floor: int, lines: str, *, firm: bool = False) -> PressRule:
    return PressRule(event, Severity(floor), firm, pattern_of(lines))


PRESENT: tuple[tuple[Severity, re.Pattern[str]], ...] = (
    (
        Severity.THIS_HOUR,
        pattern_of(rf"""
                (?:missing|vanished|disappear\w*) (?:\w+ ){{0,4}}{PUPIL}|(?:find|search for|trace|concern\w* for|hunt for)(?: \w+){{0,4}} missing|{PUPIL}(?: \w+){{0,5}} (?:is |still |reported )?missing|last seen (?:leaving|near|at|on|outside|in)|ar goll
                (?:tr(?:ied|ies|ying)|attempt(?:ed|s)?) (?:to )?(?:drag|snatch|grab|abduct\w*|lure|kidnap|pull) (?:\w+ ){{0,3}}{PUPIL}|attempted (?:abduction|kidnap\w*)|abduction attempt
                i carry a (?:knife|blade)|brings? (?:a|his|her) (?:knife|blade)|still (?:works|teaches|coaching|coaches|teaching|working|listed|employed|in (?:post|class|the classroom)|runs)|took (?:her|his|their) class as usual|(?:never|not) been to (?:the )?police|has not (?:told|reported)|(?:not|never) (?:been )?reported to (?:the )?(?:police|council|authorit\w+)
                ('?goodbye'?|suicide|hanging|choking|blackout) challenge
                """),
    ),
    (
        Severity.TODAY,
        pattern_of(rf"""
                not (?:yet )?been (?:traced|found|caught|identified|located)|(?:still )?(?:at large|on the loose|on the run)|(?:hunt|search|searching) for (?:a |the )?(?:man|driver|suspect|stranger|attacker)|police (?:hunt|seek)
                (?:still )?(?:being |is |are )(?:shared|passed (?:round|around|on)|circulat\w+|filmed)|(?:offered|offering) (?:\w+ ){{0,3}}(?:a )?lifts?|(?:approach|follow|spoke|speak|talk)(?:ed|ing|s)? (?:to )?(?:\w+ ){{0,2}}{PUPIL}|stranger(?:s)? danger|photograph(?:s|ed|ing) (?:\w+ )?(?:children|pupils)|target(?:s|ing|ed) (?:\w+ )?(?:pupils|children)|grabbed by (?:the )?(?:neck|throat|arm|hair)
                (?:too )?(?:scared|frightened|afraid|terrified) to (?:go|return|attend)|(?:'ll|will) not go back|won't go back
                """),
    ),
)

_I, _S, _N, _W, _C = (
    PressEvent.INSPECTION, PressEvent.STAFF, PressEvent.INJURY, PressEvent.WEAPON, PressEvent.CLOSURE,
)  # fmt: skip
_D, _T, _Q, _F, _O = (
    PressEvent.DATA_BREACH, PressEvent.TRIBUNAL, PressEvent.DISPUTE, PressEvent.FUNDING, PressEvent.OTHER,
)  # fmt: skip

ADVERSE: tuple[PressRule, ...] = (
    _rule(
        _I,
        3,
        r"""
        (?:in|into|in to|under|enters?|recommends?|facing|for|requires?|needs?|to|risk of) (?:\w+ )?'?special measures'?|'?special measures'?(?= (?:for|after|by|at|as|ruling|verdict|school))|mesurau arbennig
        (?:rated|judged|graded|branded|ranked|deemed|found|labelled|declared) (?:as )?(?:'|")?inadequate|'inadequate' (?:rating|grade|judge?ment|verdict|report|by|after|for|in)|inadequate (?:rating|grade|ofsted|judge?ment|school)|from (?:good|outstanding) to inadequate
        (?:'|")?(?:urgent|significant|immediate) (?:improvement|concerns?)|serious weaknesses|(?:placed |enters? |put )(?:\w+ ){0,4}(?:formal )?intervention|formal intervention|(?:warning|termination|minded to terminate|improvement|regulatory|enforcement) (?:notice|letter|order|action)|restriction order|(?:bar(?:s|red)?|ban(?:s|ned)?|stop(?:s|ped)?)(?: \w+){0,6} (?:admitting|taking) (?:\w+ )?(?:new )?(?:pupils|boarders)
        safeguarding (?:\w+ ){0,2}?(?:'?(?:not (?:met|effective)|ineffective|inadequate|fail(?:s|ed|ures?|ings?)|lapse[sd]?|urgently|breach\w*)'?)|fail(?:s|ed|ing)? (?:\w+ ){0,2}?(?:safeguarding|inspection|to keep (?:pupils|children) safe)|child protection (?:\w+ ){0,2}?(?:lapsed|fail\w+|not)|second failed inspection|failed inspection|at risk of harm|failed to meet (?:\w+ )?standards|did not meet
        """,
        firm=True,
    ),
    _rule(
        _S,
        3,
        rf"""
        {STAFF}(?:\W+[\w'’-]+){{0,9}}?\W+(?:suspended|charged|arrested|accused|struck off|sacked|dismissed|convicted|guilty|remanded|investigated|under investigation|probed|on leave|on gardening leave|removed from (?:the )?register|misconduct|prohibited|in (?:the )?(?:dock|court)|before (?:magistrates|a panel)|faces (?:\w+ ){{0,4}}(?:hearing|panel|charges|probe|trial)|stands? trial|banned (?:for life|indefinitely|from (?:the )?(?:teaching|profession|classroom|road|driving))|bailed|sentenced|has been relieved|(?:steps?|stands?|stepped|stood|step|stand) aside|stood down|barred|den(?:y|ies|ied) (?:\w+ ){{0,4}}(?:assault\w*|treatment|charges?|counts?|abus\w+)|released under investigation|reported to the procurator|subject of an inquiry|appears? in court|faces? (?:misconduct|charges|trial|jail|prison)|stole|(?:accused of|denies|admits) (?:\w+ )?(?:theft|fraud|stealing|assault)|drunk|had (?:\w+ )?(?:relationship|affair) with (?:a )?pupil|under fire after|over (?:the )?(?:drink-drive )?limit|not expected back|asked to (?:leave|stay away)|jailed|absence)
        (?:suspends?|suspended|suspension of|charged?|arrest(?:s|ed)?|sacks?|sacked|accuses?|investigat\w+|allegations? (?:against|about)|probe into|bans?|banned) (?:\w+ ){{0,5}}?{STAFF}|(?:ex-|former )(?:{STAFF}|clerk|janitor|technician) (?:\w+ ){{0,6}}?(?:accused|sentenced|banned|admits|charged|abuse|court|guilty|jailed)|gone? on leave|shock departure|wedi'i (?:wahardd|gyhuddo|arestio)|{STAFF} (?:yn|o flaen) (?:y )?llys|'n euog|yn euog|will not be in school|not (?:currently |now )?(?:in school|at work|on site)|(?:placed on|precautionary|neutral) suspension|(?:extended|sick|compassionate|special) leave|asked not to attend|leaves? (?:\w+ ){{0,3}}?with immediate effect|'?with immediate effect'?|concerns'? about (?:a )?(?:member of staff|teacher)|(?:head|principal|rector)(?:master|teacher)? (?:has )?(?:leaves|left|gone|out) (?:in|after|days|weeks|mid)
        (?:boy|girl|pupil|child|son|daughter|\d+-year-old|six|seven|eight) (?:\w+ ){{0,3}}?(?:locked|shut|dragged|pinned|manhandled|restrained|tied) (?:in|into|by|to|down|up|alone)
        (?:man|woman),? (?:\d\d,? )?(?:who works? at|charged in connection|employed (?:at|by))|historic(?:al)? (?:\w+ )?abuse|abuse (?:claims?|allegations?|inquiry|survivors|scandal)|non-recent abuse|(?:19|20)\d0s abuse|to sue (?:\w+ ){{0,4}}(?:college|school|academy)|groom(?:ed|ing)'? (?:\w+ )?(?:pupil|sixth|student|girl|boy)|inappropriate (?:relationship|messages|conduct|image)|sexual (?:offences|assault|abuse|activity|communication|relationship)|indecent (?:images|assault)|statutory inquiry|rough handling|former pupils (?:\w+ ){{0,3}}(?:come forward|speak|allege)|old boys urged|come forward|inquiry (?:into|was told|hears?|names?)|named in (?:\w+ )?testimony|barred after|allegations
        """,
        firm=True,
    ),
    _rule(
        _N,
        3,
        rf"""
        {PUPIL},?(?:\W+[\w'’-]+){{0,8}}?\W+(?:dies|died|dead|killed|drown(?:s|ed)|(?:seriously|badly|critically) (?:hurt|injured|ill)|injured|in hospital|hospitalised|airlifted|flown to|in critical|kicked unconscious|collapsed?|hit by|struck by|run over|knocked (?:down|over|off)|slashed|taken ill|fallen ill|burn(?:ed|t) (?:in|by)|in (?:a )?coma|found dead)
        (?:deaths?|died|killed) (?:of|after|on|at|in|from) (?:\w+ ){{0,5}}?(?:pupil|student|boy|girl|teen\w*|school|trip|college|academy)|fatal(?:ly|ity)?|(?:serious|critical|life-changing|life-threatening|head|spinal|multiple)(?:ly)? (?:injur\w+|condition)|seriously (?:hurt|ill|injured)|air ambulance|inquests?|coroner|sudden death|tributes? (?:paid )?to (?:\w+ ){{0,3}}{PUPIL}|(?:children|pupils|boys|girls|eleven|two|three|four|five|six|seven|\d+) (?:\w+ )?(?:hurt|injured)|(?:teenager|pupil|boy|girl|student) hurt|winched|coastguard|chok(?:es|ed|ing)|fighting for (?:his|her|their) li(?:fe|ves)|hit-and-run|dies suddenly|tragic(?:ally)? death|in mourning|food poisoning|broken (?:leg|arm|jaw|nose)|kicked unconscious|needed stitches|hurt with|left (?:behind|alone|on (?:a )?(?:bus|hillside|trip|coach))|(?:put )?on (?:the )?wrong bus
        (?:taken|rushed|flown|airlifted|remains?) (?:\w+ ){{0,2}}?(?:to|in) (?:\w+ ){{0,3}}?hospital|in hospital|kept in overnight|bu farw|wedi marw|marwolaeth|yn yr ysbyty
        """,
        firm=True,
    ),
    _rule(
        _N,
        3,
        r"""
        body (?:was )?found|found dead|dead|drown\w*|crushed|trapped|(?:bus|minibus|coach|school[- ]run|car|lorry|road|head-on) (?:crash|smash|collision)|crash(?:es|ed)? (?:\w+ ){0,4}(?:school|pupils|children)|(?:bus|minibus|coach|car|lorry|van) (?:\w+ ){0,5}?(?:overturn\w*|plough\w*|rolls over)|pulled from (?:the )?(?:river|water|sea|rubble|pool|lake)|(?:were|was|been) rescued|e\.? ?coli|meningitis|carbon monoxide|overdose[sd]?|poison(?:ed|ing)|'?edibles'?|allerg(?:y|ic) (?:death|reaction)|anaphyla\w+|collapse[sd]? (?:at|in|during)|falls? (?:from|off|through) (?:\w+ )?(?:climbing|window|roof|cliff|height|wall|ladder|zip)|ambulances?|paramedics
        returned early|(?:'incident'|incident|accident) on (?:\w+ )?(?:residential|trip|expedition|school)|got into difficulty|counsell(?:ors|ing) (?:\w+ )?(?:for|offered)|support offered to pupils|anaf\w+|damwain
        """,
    ),
    _rule(
        _W,
        3,
        r"""
        stabb(?:ed|ing)s?(?! (?:in the dark|at))|armed (?:police|officers|response|siege|intruder)|gunman|acid attack|(?:school|college|academy|primary|pupils) (?:is |was |were |being )?(?:evacuated|locked down|in lockdown|on lockdown|put into lockdown)(?! in (?:a )?')|lockdown at|hostage by (?:an )?armed|(?:man|woman|boy|girl|pupil|teen\w*|youth) (?:\w+ )?with (?:an? )?(?:axe|knife|machete|gun|weapon|blade|hammer)|lockdown lifted|bygythiad bom|gwagio (?:\w+ )?ysgol|arrested (?:over|after) (?:\w+ )?(?:threat|knife|stabbing|disturbance)|in lockdown after|dan glo
        """,
        firm=True,
    ),
    _rule(
        _W,
        3,
        r"""
        (?:bb|pellet|air) ?guns?|assault(?:s|ed)?|punch(?:ed|es)|beaten up|police (?:rush|swarm|called to|seal|investigat\w+)|locked in classrooms|threatening|blew up|blows up|explod\w+|collect (?:pupils|children|their)|as a precaution|swoop\w*|drugs? raid|robber(?:y|ies)|mugg(?:ed|ing)|prohibition notice|burst(?:s)? (?:its )?banks|carried from school|petrol bomb|fireworks? (?:thrown|let off)|kni(?:fe|ves)|machete|blade|guns?|firearms?|pistol|rifle|airgun|armed (?:police|officers|response|gang|man|siege|intruder)|weapons?|bombs?(?! site)|explosives?|explosion|grenade|suspicious (?:object|package|device|item|vehicle|man)|security alert|ato at|bomb squad|hostage|shoot(?:ing|ings)?|shoot up|gunman|acid attack|attack(?:ed|s)? (?:by|with|on|at|near|outside)
        evacuat(?:ed|es|ion|e)|lock-?downs?|locked down|on lockdown|under lockdown|intruders?|(?:man|woman|stranger) (?:enters?|entered|gets? (?:in|into)|got (?:in|into)|walks? into|detained|arrested)|threat(?:s)? (?:to|against|made|at|online|posted|sent|forces?)|gas leak|(?:chemical|acid|gas) (?:smell|spill|leak|incident|odour)|hazmat|fire (?:at|rips|tears|breaks|crews|in|engulfs|hits|guts|destroys)|blaze|arson|huge fire|moved to (?:the )?(?:church|rugby club|leisure centre|hall|safety)|sent home (?:after|as|amid|following|over (?:threat|gas|smell))|dan glo|arogl nwy|cloi|gwacáu|anfon adref|riot|mass brawl|brawl|disturbance|police (?:deal|incident|operation|cordon|swoop|called)|ongoing incident|'incident'|major incident|emergency services
        """,
    ),
    _rule(
        _C,
        3,
        r"""
        (?:to|will|must|set to) (?:close|shut)(?! (?:early|for (?:(?:a |one day |the )?(?:strike|half|easter|summer|christmas|day|polling|inset|training|pipe|road))))|(?:votes?|voted|agrees?|agreed|decides?|confirms?|confirmed|proposes?|proposed|proposal|plans?|move) (?:\w+ ){0,4}?(?:to )?(?:close|closing|shut|closure of|axe)|(?:shuts?|closes?|closing|closed) (?:its |their )?(?:doors|for good|permanently|suddenly|today|with immediate|until further|indefinitely|at (?:a )?(?:week|day|short)|for (?:a |the )?week|as|after|following|over|due|because)|(?:school|college|academy|primary|prep|nursery|building|block|site|hall|part of .{0,30}) (?:is |was |has been |remains? )?(?:shuts?|closes?|closed|closing)(?! (?:by influenza|early|for (?:half|easter|summer)))
        (?:calls? in|appoint(?:s|ed)?|enters?|into|in|under) administrat(?:ors?|ion)|liquidat(?:ion|ors?|ed)|insolven\w+|goes (?:bust|under)|forced out of|structural|flooded|burst (?:main|pipe)|ceases? trading|to close|forced to (?:close|shut)|sudden(?:ly)? clos\w+|raac (?:found|discovered|confirmed|forces)|(?:ceiling|roof|wall) (?:collapse[sd]?|falls?|fell|caves?)|public health order|unsafe (?:building|structure|roof)|i gau|ar gau|cau(?= ysgol)|closes? at
        """,
    ),
    _rule(
        _D,
        3,
        r"""
        data (?:breach|leak|loss|theft)|(?:notes|details|records|data|information|reports?|addresses)(?: \w+){0,5} (?:sent|emailed|posted|given|handed|went) (?:out )?(?:to )?(?:the )?(?:wrong|every|all)|(?:personal|medical|pupil|private|confidential|sensitive|staff|bank|safeguarding) (?:data|details|records|information|files|logs)(?: \w+){0,6} (?:leaked|stolen|exposed|emailed|sent|published|lost|posted|dumped|shared|found|online|at risk)|(?:leaks?|leaked|exposes?|exposed|steal|stole|stolen|publish\w*|posts?|emailed|e-mailed|loses?|lost|dump\w*) (?:\w+ ){0,5}?(?:data|details|records|passport|medical|files|register|information|logs|list)|ransomware|hack(?:ed|ers?|ing)?(?! (?:breakfast|local|their|the))|cyber[- ]?(?:attack|incident|criminals?|gang)|information commissioner|\bico\b|leak site|by mistake
        """,
    ),
    _rule(
        _T,
        3,
        r"""
        (?:employment )?tribunal(?: \w+){0,3} (?:rules?|ruled|finds?|found|awards?|awarded|orders?|ordered|win|upholds?|upheld|concludes?|ruling)|(?:wins?|won|awarded|receives?|gets?) (?:\w+ |£[\d,]+\w* ){0,5}(?:tribunal|payout|compensation|damages|settlement|unfair dismissal|discrimination)|unfair(?:ly)? dismiss\w+|constructive(?:ly)? dismiss\w+|discriminat(?:ed|ion|ory)|payouts?|(?:school|college|academy|trust|council|charity)(?: is| was| has been)? (?:sued|fined|prosecuted|taken to court)|to (?:sue|prosecute)|(?:breach|breached|broke) (?:of )?(?:\w+ ){0,3}(?:law|act|regulations|duty|health and safety)|culture of (?:\w+ )?(?:fear|racial|racism|bullying|misogyn\w+|hostility|sexism)|institutional\w* racis\w+|racial hostility|judicial review|high court|victimis\w+|unlawful(?:ly)?|missed opportunit\w+|exam board investigates|malpractice|independent review finds|hse (?:fine|prosecut\w+)
        """,
        firm=True,
    ),
    _rule(
        _I,
        2,
        rf"""
        finish(?:es|ed)? (?:last|bottom)|(?:foot|bottom|wrong end|lower end|tail) (?:of|in) (?:the |its |\w+ ){{0,4}}?(?:tables?|leagues?|rankings?|list|county|country|wales|england|region)|(?:lowest|worst|poorest|weakest)[- ](?:scoring|performing|ranked|ranking|rated|results|achieving)|(?:among|one of|named) (?:the )?(?:\w+'?s? )?(?:lowest|worst|poorest)|(?:where (?:the )?)?(?:fewest|too few|not enough|fewer(?: than \w+)?) (?:of (?:its )?)?(?:pupils|children|students)|(?:below|under|short of|missed?|behind) (?:the )?(?:national |county |government )?(?:average|floor|expected (?:level|standard)|targets?)|(?:sats?|gcses?|a-levels?|results|pass rate|grades|scores) (?:\w+ )?(?:slump|plunge|plummet|tumble|flop|misery|nosedive|dive|slide)s?
        (?:do not|don't|does not|did not|never) (?:always )?feel safe|feel unsafe|(?:told|ordered|urged) to act|pupils (?:are )?(?:unsafe|let down|failed)
        requir(?:es?|ing) improvement|(?:places|placed) (?:\w+ ){{0,4}}?under review|told to improve|to revisit|needs? (?:attention|improvement|to improve)|areas? for (?:action|improvement)|mark(?:s|ed) down|downgrad\w+|(?:rated|graded|judged|rating|grade|branded|as) (?:\w+ )?'?(?:weak|poor|unsatisfactory|adequate|not good|requires)|'(?:weak|poor|too variable|not good enough|unsatisfactory|variable)'|too (?:variable|slow)|not (?:yet )?good enough|no longer '?(?:good|outstanding)|(?:loses?|lost|stripped of|slips? from|falls? from|drops? from|dropped from) (?:its |their |his |her )?(?:\w+ )?'?(?:good|outstanding|excellent|top|grade|rating|status)|(?:drop|fall|slip|slid|tumbl|plung|slump|plummet)\w* (?:\w+ ){{0,2}}?(?:grades?|places|a grade|two grades|the table|to worst)
        (?:critical|damning|scathing|poor|mixed|disappointing|bad|blistering|hard-hitting|concerning) (?:\w+ )?{_INSPECTORS}|{_INSPECTORS}(?: \w+){{0,4}}? (?:criticis\w+|concern\w*|slams?|blasts?|raps?|rapped|warns?|tells?|orders?|finds? (?:fail\w+|weak\w+|problems|gaps)|raises? concern\w*|must improve|misses|falls short|fell short|too often|not enough)|raises? concerns|stay (?:under|in) (?:estyn )?(?:review|monitoring)|under estyn review|estyn (?:review|monitoring)|follow-up visit|monitoring (?:visit|letter|inspection)|'?(?:have )?more to do'?|lacks? (?:ambition|detail|rigour)|(?:worst|bottom) (?:\w+ )?(?:schools?|performing|in|of)|falls? \d+ places|worst (?:year|results|ever)|slumps?|crisis level|at crisis|persistent(?:ly)? absen\w+|absence '|ar ei hôl hi|gwella
        """,
        firm=True,
    ),
    _rule(
        _F,
        2,
        r"""
        deficit|black hole|hole in (?:its |the )?budget|(?:budget|funding|cash|financial|staffing) (?:cuts?|gap|crisis|shortfall|pressure|woes|hole|squeeze)|cuts? (?:to|at|in|of)|cutbacks|(?:jobs?|posts?|staff|roles|teachers) (?:\w+ )?(?:go|at risk|to go|cut|cuts|lost|losses|axed|under threat|face)|redundanc(?:y|ies)|(?:job|staff) (?:cuts|losses)|(?:axed|scrapped|shelved|mothballed)|in debt|debts? of|overspen\w+|unpaid|owe[sd]? (?:£|thousands|suppliers)|bills? (?:reach|unpaid|of)|(?:fee|fees|price) (?:rise|hike|increase|up)s?|\d+% (?:fee )?(?:rise|hike|increase)|auditors?|blames? vat|expenses|billed|rapped over|begging letter|sell(?:s|ing)? (?:off )?(?:\w+ )?(?:field|pitch|land|playing)|asks? parents (?:for|to (?:pay|fund))|cash crisis|procurement|pfi|portable cabins?|portakabins?|doubt over|(?:teacher|staff|staffing) (?:shortages?|crisis)|bailout|cash-strapped|ends? (?:its )?(?:sixth form|nursery|a-levels?|course)|to lose|loses? (?:\w+ ){0,3}(?:funding|grant)|trwy dwll|diffyg|toriadau
        """,
    ),
    _rule(
        _F,
        2,
        rf"""
        {_LEADER}(?:['’]s?)?{_NOT_STAFF} (?:pay|salary) (?:rise[sn]?|rose|hikes?|packet|package|award|deal|increase[sd]?|jump(?:s|ed)|soar(?:s|ed)|tops|hits|reaches|doubled?|bill|revealed|row|of)(?! for (?:\w+ )?(?:staff|teachers|workers))|{_LEADER}(?:['’]s?)?{_NOT_STAFF} (?:salary|remuneration|£[\d,.]+\w*(?: (?:pay|salary|a year|package))+)|{_LEADER} (?:is |was |now )?(?:paid|earn(?:s|ed|ing)?|pockets?|pocketed|gets?|got) (?:\w+ ){{0,3}}£[\d,.]+\w*|(?:pay|salary|pay rise|pay packet) (?:of|for) (?:\w+ ){{0,4}}{_LEADER}
        (?:debts?|deficit|overspend|shortfall)s? (?:\w+ ){{0,2}}?(?:spiral|grow|soar|mount|rise|hit|reach|balloon|doubl|top|deepen)\w*|(?:go(?:es|ne|ing)?|slid(?:es?|ing)|slip(?:s|ped)?|plunge[sd]?|falls?|fell|stays?|still|deep(?:er)?|further|remains?|£\S+) (?:\S+ )?in(?:to)? the red(?! \w)|(?:dropped|cut|axed|scrapped|ended|stopped|lost)(?: \w+){{0,6}}? to (?:save|balance)|(?:loses?|lost|shed(?:s|ding)?) (?:a )?(?:third|quarter|half|fifth|tenth) of (?:its|their|the)
        (?:in|posts?|reports?|records?|reveals?) (?:an? )?(?:\w+ )?(?:£[\d.,]+\w* )?deficit|notice to improve|financial (?:warning|notice|intervention|irregularit\w+|mismanagement)|related[- ]party|(?:qualified|late|overdue) accounts|accounts (?:are |were )?(?:qualified|late|overdue)|(?:esfa|dfe|department for education)(?: \w+){{0,3}} (?:investigat\w+|interven\w+|probe|warn(?:s|ed|ing))|(?:stripped of|give up|hand over|lose|loses) (?:\w+ ){{0,3}}(?:schools|academies)|re-brokered
        """,
        firm=True,
    ),
    _rule(
        _C,
        2,
        r"""
        (?:closure|merger|merg(?:e|ing)|closing|amalgamat\w+|federation)(?: \w+){0,2} (?:plans?|proposals?|consultation|threat|fears?|risk|talks|row|decision)?|consult\w*(?: \w+){0,3} (?:on )?(?:clos\w+|merg\w+|shut\w+)|(?:could|may|might|faces?|facing|fears?|threatened with|under threat of|risk of) (?:\w+ ){0,2}?(?:close|closure|closing|shut|axe|merger)|future (?:of|in|is|hangs|uncertain)(?: \w+){0,6}? (?:doubt|review|balance|uncertain|question)|under (?:review|threat)|axe(?:d|s)?(?! throw)|no heating|without (?:heating|water)|boiler|reopens? after|burst pipe|power cut|stay at home|remote learning|learn from home|closes? (?:\w+ ){0,3}(?:block|wing|gym|pool|toilets)|norovirus|(?:sickness|vomiting|stomach|tummy) bug|outbreak|legionella|mould|asbestos|vermin|rats?|rebrokered|taken off trust|academy order|uno ysgolion|ymgynghoriad
        """,
    ),
    _rule(
        _C,
        2,
        r"""
        (?:mould|damp|leaks?|leaking|leaky|crumbling|rotting|rotten|freezing)(?: \w+){0,4}? (?:classrooms?|roofs?|school|buildings?|toilets|huts?|walls?|pupils|children)|roofs? (?:\w+ )?(?:leaks?|leaking|crumbl\w+|unsafe|fails?)|buckets in|heating (?:\w+ )?(?:fail\w*|broke\w*|breakdown|off|out)|(?:smell|leak|reports?|fears?) of gas|gas (?:smell|scare|alert)
        (?:bus(?:es)?|taxis?|school transport|minibus|train|bus (?:pass(?:es)?|route)|free (?:travel|transport))(?: \w+){0,6}? (?:withdrawn|axed|scrapped|cancelled|stopped|ended|removed|pulled|to end|to stop|to go)|(?:withdraws?|axes?|scraps?|ends?|stops?|pulls?|stop paying for|charge for) (?:\w+ ){0,4}?(?:bus(?:es)?|taxis?|transport|free travel|minibus)
        """,
        firm=True,
    ),
    _rule(
        _Q,
        2,
        r"""
        exodus|mass (?:walkout|resignations?)|hand(?:s|ed)? in (?:their|his|her) notice|pull(?:s|ed)? (?:\w+ ){0,3}?(?:children|kids|pupils|son|daughter|sons|daughters) out|strik(?:e|es|ing)(?! gold|s gold| a | up| oil| the right| lucky)|walk-?out|walk(?:s|ed)? out|picket\w*|industrial action|ballot(?:ed)?|(?:vote of )?no confidence|petitions?|disgrace\w*|deserves? better|shiver\w+|kept in the dark|in secret|ambush\w*|under fire|turned away|blindsided|fight(?:s)? (?:\w+ )?plan|objectors?|empty desks|falling rolls|unfilled|no permanent|just (?:one|two|three|four|five) (?:children|pupils)|supply (?:staff|teachers)|silent booths?|(?:attacks|exclusions|suspensions|absences|incidents|assaults|complaints)(?: \w+){0,3} (?:double|treble|soar|rise|rocket|surge)\w*|pupils? suspended|suspended at|trebled?|put in (?:isolation|reflection)|siom|blinded|drive\w* (?:\w+ )?mad|cruel|bullied|racist|begs? not|speaks? out|open letter|asks? why|questions (?:after|over)|boycott\w*|detentions?|plea|worr(?:y|ied|ies)|dismay\w*|threaten\w* (?:action|legal|to (?:strike|sue))|long queues|calls? for (?:\w+ )?(?:crossing|inquiry|answers|action|apology)|near miss|told to apologise|ombudsman|graffiti|antisemit\w+|islamophob\w+|racis[tm]\w*|misogyn\w+|(?:suspensions|exclusions|absences) (?:double|soar|rise|treble)\w*|bullying incidents|apologis(?:es|ed)|wrong text|vote for action|over violence|cwyno|beirniadu|yn flin|'n flin|rhy hwyr|pryder(?:on)?|protest(?:s|ers|ed|ing)?|(?:row|rows)(?= (?:over|at|about|with|as|after|between|in|erupts|breaks|deepens|rumbles|escalates))|amid row|anger(?:s|ed)?|angry|fury|furious|fuming|outrag\w+|slam(?:s|med)?|blast(?:s|ed)|hit(?:s)? out|backlash|criticis\w+|condemn\w*|demand(?:s|ed|ing)? (?:answers|apology|action|change|head|resign\w*|the|that)?|complain\w*|feel (?:cheated|let down|betrayed|ignored)|let down|cheated|blame[ds]?|splits?|divid(?:es|ed)|unsafe|fear(?:s|ed)? (?:for|over|about)|shame|shock(?:ed|ing)?|disgust\w*|upset|heartbroken|devastated|distress\w*|dispute|controvers\w+|scandal|ignored|humiliat\w+|banned|bans?(?= (?:on|at|from|pupils|phones|parents|skirts|children))|crackdown|expel(?:led|s)|exclu(?:ded|des|sions?)|isolation booths?|off-?rolling|home[- ]educat\w+|bull(?:y|ied|ying)|not surprised|resign(?:s|ed|ation|ations)?|quits?|steps? down(?! (?:after|at the end|in \w+ after) \d+ years)|third (?:head )?(?:to go|in)|refus\w+|claims? (?:mother|father|mum|dad|parent|family|ex-)|accus(?:es|ed|ing) (?:school|head|college|academy|trust)|'(?:asked|told|forced|made) (?:me|my|us|him|her|to)|asked to (?:home|remove)|legal (?:action|challenge|fight|battle)|tribunal|taken to court|loses? (?:appeal|case|bid|fight)|streic|deiseb|protestio
        sent home(?! safe)|toilets? (?:locked|ban|row|closed)|locks? toilets?|holding it in|wrong (?:shoes|uniform|trousers|paper|book|exam|skirt|haircut)|uniform (?:row|rules|policy|crackdown|ban|cost)|(?:school )?(?:lunch|dinner|meal)s?(?= (?:slammed|row|'|criticis))|half a|parking (?:chaos|row|misery|fines?|nightmare)|gridlock|rat run|road safety fears|speeding|misery|chaos|nightmare|vandals?|vandalis\w+|smash(?:ed|es)? up|destroy(?:s|ed)|trashed|missiles|anti-?social|terroris\w+|arrested after row|drugs|vap(?:e|es|ing) (?:crackdown|crisis|problem)|can't take|can't|told they|hit by|worst|crisis|fail(?:s|ed|ing|ures?|ings?)|'inadequate'|poor|concern(?:s|ed)?(?! for)|rapped|warn(?:s|ed|ing)(?! (?:expected|issued))
        """,
    ),
)

_PLAY = r"""
    play|plays|drama|macbeth|musical|production|panto\w*|theatre|film(?:ing)?|contest|competition|charity challenge|fundrais\w+|charity|sponsored|museum|heritage|workshop|lessons?|science (?:day|week|fair|festival)|escape room|world book day|halloween|road safety week|stunt|robots?|netball\w*|rugby(?! club)|football\w*|cricket|hockey|semi[- ]final\w*|cup|tournament|choir|concert|band|orchestra|parade|festival|eisteddfod|quiz|chess|exhibition|poem|poetry|novel|actors?|bake\w*|recipe|costume|fancy dress|gas masks|steam train|world war|ww2|wartime|1940s?|flash mob|takeover day|show|comedy|magic|circus|game|fete|stall|skills contest|escape|campaign|class(?:es)? (?:on|about|in)|learn(?:s|ed|t)? (?:how|to|about)|in (?:assembly|class|art|history|drama)|talks? to pupils|anti-(?:knife|bullying)
    (?:campaigner|author|survivor|officers?) (?:\w+ )?(?:speaks? to|visits?|talks? to)|speaks? to (?:\w+ )?pupils|heard from (?:a|an)|national programme|debating|title
    cân|côr|sioe|drama|gystadleuaeth|cystadleuaeth|elusen|noddedig
"""
_PRAISE = r"""
    wins?|won|winn(?:er|ers|ing)|(?<!contract )award(?:s|ed|-winning)?|celebrat\w+|success(?:es|ful)?|best (?:ever|year|results|in)|record (?:results|year|haul)|rais(?:e|es|ed|ing) (?:£|over|more|money|thousands|hundreds|funds|almost|nearly)\S*|£[\d,.]+ raised|honou?r(?:s|ed)?|mbe|obe|cbe|bem|champions?(?:hip)?|first place|came first|gold|silver|medals?|crown(?:s|ed)|prais(?:e|es|ed)|glowing|proud|pride|triumph\w*|delight\w*|thank(?:s|ed|ful)?|of the year|scoops?|bags?|clinch\w*|storm(?:s|ed)? to|land(?:s|ed) (?:\w+ )?(?:role|prize|place|title)|earn(?:s|ed)|recognised|accolade|chosen (?:for|to)|through to|qualif(?:y|ies|ied)|meets?|young (?:\w+ )?(?:scientists|artists|chefs|authors|engineers|leaders)|mural|marathon|kind-hearted|generous|good cause|food bank|launch(?:es|ed)? (?:\w+ )?(?:club|scheme|garden|library|book)|shortlist\w*|finalists?|hospice|top (?:of|table|marks|spot|ten|school)|inspir\w+|hero(?:es|ic)?|rescues? (?:owl|\w+ from)|saved?|unveil\w*|opens? (?:new|its|labs|library)|opened by|new (?:building|hall|library|playground|minibus|sports|classroom|school)|donat\w+|welcom(?:e|es)|shin(?:e|es|ing)|stars?|funding boost|boost|hail(?:s|ed)?|commend\w*|highlights?|climb(?:s|ed) (?:\w+ ){0,2}grades?|(?:gone |go |goes )?up (?:a|one|two) grades?|all standards met|clean bill|exceptional(?:ly)?|expected standard|strong standard|(?<!')outstanding|excellent|very good|good(?: |')(?:in|by|across|with|school|rating|grade|again|for|ofsted|report)|(?:rated|judged|graded|stays?|remains?|still) '?(?:good|outstanding|excellent)|lovely|wonderful|brilliant|happy|hit with|love[sd]?|sell-out|breaks? (?:\w+ )?record|smash(?:es|ed)? (?:target|record|it)|record-breaking|blow away|greenest|kind(?:est|ness)?|courage|bravery|brave|thrive|thriving|turnaround|steps? (?:up|back in time)|perform\w*|sings?|lift(?:s|ed) (?:the )?(?:trophy|cup|title)|scholarship|oxbridge|oxford|cambridge|unbeaten|cap for|first cap|called up|picked for|selected for|represent\w*|youngest ever|feel safe|glad|joy|cheers|green flag|grant|gift|plant(?:s|ed|ing)? trees|defibrillator|partnership|helping|volunteers?|centenary|jubilee|anniversary|reunion|stop seagulls|invent\w*
    llwyddiant|dathlu|llongyfarch\w*|gorau|ennill\w*|gwobr\w*|codi £\S*|cyntaf|canmol\w*|diolch|gwych|bwydo|pencampw\w*
"""
ATTRIBUTE = pattern_of(r"""
    (?:award|prize)-winning|(?:ofsted|estyn)-praised|(?:top|highest|best)-(?:rated|performing)|['‘"]?(?:good|outstanding|excellent)['’"]?-rated
    ['‘"]?outstanding['’"]?(?= (?:[\w']+ ){0,2}?(?:school|primary|academy|college|secondary|infants|juniors|high))
    (?<=, )(?:rated|judged|graded) ['‘"]?(?:good|outstanding|excellent)['’"]?(?: by \w+)?(?=,)
    """)
"""Praise that only says which school it is: “award-winning school to close”."""
PLAY = pattern_of(_PLAY)
PRAISE = pattern_of(_PRAISE)
SURE_PRAISE = pattern_of(rf"""
    (?:rated|judged|graded|stays?|remains?|still|retains?|keeps?|gets?|earns?|secures?|achieves?|celebrates?) (?:\w+ ){{0,3}}?(?:'|")?(?:good|outstanding|excellent|very good|exceptional)|{_INSPECTORS}(?: \w+){{0,2}}? (?:prais\w+|hail\w*|commend\w*|highlights?|impressed)|(?:prais\w+|hailed|commended) by {_INSPECTORS}|glowing (?:\w+ )?report|climb(?:s|ed) (?:\w+ ){{0,2}}grades?|up (?:a|one|two) grades?|all standards met|clean bill of health|'?(?:very good|excellent)'? grades|exceptional (?:pastoral|care|teaching)|outstanding (?:result|report|verdict|rating|grade)
    """)
