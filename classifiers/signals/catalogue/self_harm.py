"""Self-harm: intent, goodbyes, encouraging somebody to it, dangerous challenges."""

# ruff: noqa: E501 - a pattern has one alternative a line, however long
from __future__ import annotations

from classifiers.signals.rule import PreparedText, Rule, pattern_of, rule
from data.types import About, Route

_SG = Route.SAFEGUARDING
_TOLD = r"""
    play|drama|novel|book|film|lyrics?|character|romeo|juliet|hamlet|chapter|scene
    lesson|assembly|workshop|training|helpline|samaritans|charity|awareness|fundrais\w*|in memory|memorial|anniversary
"""
_JEST = r"""
    (?:kill|hang) myself (?:watching|listening|laughing|reading)|years? ago|kill myself if (?:i|they|we)|literally
    of (?:boredom|embarrassment|laughter|laughing|cringe|shame)|lol|lmao|haha|😂|🤣|homework|this queue|traffic
"""
_NOT_MEANT = _TOLD + _JEST
_SO_TO_SAY = r"""
    embarrass\w*|cring\w*|mortified|awkward|hungover|hilarious|bor(?:ing|ed)|mondays?|maths|revision|custard|bleep test|cross country|heat(?:wave)?|too hot|freezing
    fortnite|minecraft|roblox|sims|levels?|boss|penalt\w*|episode|season|finale|netflix|songs?|tickets?|albums?|film|movie|watch\w*|snapchat|tweet\w*|final score|haha\w*|happy (?:man|woman|now)
    self[- ]portraits?|makes? me (?:\w+ )?(?:want|wanna)|if(?! i\b) [^.!?\n]{0,60}(?:kill|hang|shoot) my ?self|(?:kill|hang|shoot|end|off) my ?self (?:if(?! i\b)|when|unless|because (?:of )?th)
"""
_I = r"(?:i|man'?s?|i'?m|i am|i'?d|i'?ve|i have|ah|ah'?m|a'?m|me)"
_SELF = r"(?:m[yae]|us|mi)(?:'?s| ?s)(?:elf|slf|lf|elve|elph|lef|efl|el|ell|en)"
_WANT = r"(?:w[aou]n+(?:t|n?ae?|ted|ting|tin)? (?:to|2|tae|ter)|w[aou]n{1,2}(?:ae?|tae)|wnat (?:to|2)|w(?:na|nn)na|wanan|tryna|(?:need|ready|like|love|prefer|long(?:ing)?|pray(?:ing)?|beg(?:ging)?|tryin[g']?|deserve) (?:to|2|tae)|rather|wish i (?:could|can|cud))"
_WILL = rf"(?:{_WANT}|g(?:oi|a|u|o)n+(?:g (?:to|2|tae)|na|nae|a)|gna|finna|bou?tt?a|(?:about|planning|plan|decided|going|tempted|want) (?:to|2|tae)|think(?:ing|in) (?:of|about)|might|will|could|should|imma|ima|ill|i'?ll|i'?m)"
_NOT = r"(?:d(?:o|oe)s?n'?t|do not|did ?n'?t|dinn(?:ae|y|a)|div+e?n'?t|no longer|cba|never|dunno if i|not)"
_ALIVE = r"(?:live+|be (?:alive|living|in this world|on this (?:earth|planet))|exist|wake up|keep (?:living|breathing)|carry on (?:living|wi(?:th)? life)|breathe)"
_DIE = r"(?:die+|dei|dye(?= (?:so|rn|already|tonight|today|now|please|pls|every|and|bad|inside)|\W*$)|b(?:e)? (?:dead|deid|d[ie]ad|unalived?|no more|six feet under)|unalive(?! (?:him|her|them|you))|stop (?:existing|living|breathing|being (?:alive|here))|cease to (?:be|exist|live)|not (?:exist|be alive|wake up)|never (?:wake up|have been born|exist)|kill my ?self|kms+|🪦|☠|💀|⚰)"
_AS_SAID = r"(?! (?:of|on|by|laughing|from|than|on stage|less|more|hard|happy|trying|in (?:the|a|this|that|it|peace|my|his)|a (?:happy|virgin|hero|legend)|for (?:a|an|this|that|the|my|your|some|him|her|it)|when (?:he|she|they|you|u|the|mr|miss|my|that|this|it)|at (?:the|how|this|that)|watching|listening|reading|if|because i (?:forgot|tripped|fell|called|said|laughed)|late))"
_SUICIDAL = r"(?:s(?:c?u|oo|ew|ue|au)+[iey]*[csz]+[iy]?d(?:al|le|el)|sewer ?slidal)"
_ENDS = rf"(?:(?:k[il]+l+|kil|end|hang|off|neck|shoot|drown|delete|unalive|harm)(?:ing|in)? {_SELF}|topp?(?:ing)? {_SELF}(?! up)|do(?:ing|in)? {_SELF} in|(?:end|ending|endin|take|taking|takin) (?:m[yaei]|us) (?:own |whole |pathetic )?life|[ck](?:om+it|ermit)(?:ting)? (?:die|sui\w*|sewer ?slid\w*|toaster bath|unalive|not alive)|sewer ?slide|end it(?! (?:all )?(?:on|with|there|here|by))(?: all)?(?= (?:tonight|tomorrow|soon|now)|\W*$)|yeet(?:ing)? {_SELF} off|jump in front of (?:a|the) (?:train|bus|lorry|car))"
_MEANT = rf"""
    (?:{_I}|just|rly|really|actually|honestly|only|so) (?:\w+ ){{0,3}}?(?<!not )(?<!dont )(?<!never ){_WANT} (?:\w+ ){{0,2}}?{_DIE}{_AS_SAID}
    {_WANT} (?:just |really )?{_DIE} (?:so|rn|already|tonight|today|please|pls|every|and|bad|fr|badly){_AS_SAID}
    i ?want ?(?:to|2) ?(?:die|be ?dead)(?= |\W*$){_AS_SAID}|iwannadie|i?wanttodie|i?wannabedead|killmyself|endmylife|iwt(?:d|kms)|idwt(?:la?|bh?a?|be)
    kill(?:ing)? {_SELF} (?:tonight|tomorrow|b4|before|after|this week|by|soon|on (?:mon|tues|wednes|thurs|fri|satur|sun)day)
    (?:{_I}|just|a) (?:\w+ ){{0,3}}?{_NOT} (?:\w+ )?{_WANT} (?:to )?{_ALIVE}(?! (?:in|near|with|at|next|on|here|there|for|by|up|like|together|wi|early|late|to|so)\b)
    wish (?:that )?(?:i|ah|a) (?:was|were|wis|wus|could be) (?:dead|deid|🪦|six feet under|in (?:the|a|my) (?:ground|grave)|underground|no longer alive|not alive|never born|unborn)
    {_I} (?:\w+ ){{0,3}}?{_WILL} (?:\w+ ){{0,2}}?{_ENDS}|(?:gonna|wanna|ganna|gunna|gonnae|boutta|finna) (?:just )?{_ENDS}
    (?:going to|gonna|gna|wanna|ima|imma|will|might|just) kms+ (?:\w+ )?(?:tonight|tomorrow|today|now|soon|not (?:even )?(?:joking|a joke)|no joke|fr|for real|serious\w*|i mean it|idc|no cap)
    (?:i'?m|i am|i'?ve been|i have been|i feel|i felt|ah'?m|feeling|having|constantly|getting) (?:\w+ ){{0,2}}?{_SUICIDAL}(?! (?:pupils?|students?|people|child\w*|teens?|callers?|patients?))
    (?:every(?:one|body|1|buddy)|they|yous?|u|family|world|mum|mam|kids|people|all) (?:\w+ ){{0,3}}?(?:better off|be (?:better|happier|fine)|happier) (?:\w+ )?(?:if (?:i|ah) (?:was|were|wis)(?: (?:dead|deid|gone|not here|never born|no longer here)|n'?t (?:here|around|alive|born))|(?:when|once|if) i'?m (?:dead|gone))
    (?:want|need|wish|wanted|waiting for) (?:m[yea]|this) (?:\w+ )?(?:life|existence) (?:to (?:just )?(?:be over|be done|end|stop|finish)|was over|were over|over)|(?:over|end|ended|stop)\W.{{0,20}}?\bbeing alive
    (?:want|wanna|wish|hope|like|wannae|pray|let me|tae|need) (?:\w+ ){{0,4}}?a?sleep(?: (?:forever|tonight|tonite|now))?,? (?:and|n|nd|an|then) (?:just )?(?:not|never|no|nivver|not ever|(?:i )?do(?:n'?t|nt)) (?:ever )?wak\w+
    (?:hope|wish|want|pray|praying) (?:that )?(?:i|ah)(?: just)? (?:do ?n'?t|did ?n'?t|never|would ?n'?t) (?:ever )?wake up(?! (?:late|early|with|to|in|at|before|on))
    (?:picked|chosen|chose|set|decided(?: on)?|found|got) (?:\w+ ){{0,2}}?(?:day|date|night|place|bridge|tree|way|method|spot) (?:(?:that|when|where|to|for) )?(?:{_I} )?(?:\w+ ){{0,3}}?(?:die|dying|{_ENDS})(?! in\b)|plan(?:s|ned|ning|nin)? (?:for |out )?m[yea] (?:own )?(?:death|suicide)
    (?:hope|pray|praying|wish) (?:that )?i (?:just )?(?:die|get (?:run over|hit by (?:a|the) (?:car|bus|train|lorry)))(?! (?:happy|laughing|of|first|before|if|trying|a|in (?:my sleep at|peace))\b)
    plan(?:s|ned|ning)? (?:on|to) (?:not|no longer|never) be(?:ing)? (?:alive|here|around)|already (?:wrote|written|got) (?:my|the) (?:goodbye |suicide )?note(?! (?:for|to|about|on|from))
    by the time (?:you|u|yous|anyone|they|mum|mam) (?:\w+ )?(?:read|see|find|hear|get)s? (?:this|me|it)\W.{{0,20}}?(?:i'?ll|i will|ill) (?:already )?(?:be|have) (?:gone|dead|deid|not here|done it|no longer here)
    (?:i|ah) (?:won'?t|will not|will no|winnae|'?ll no) be (?:alive|living)(?! (?:by the time (?:they|the|it|you)|when (?:they|it|the)|to see (?:it|the|them) finish))
"""

_OF_IT = rf"{_SELF}|die|dei|dye|dead|deid|diad|unaliv|exist|living|alive|live|breathe|no more|six feet|wak|kms| life|suic|{_SUICIDAL}|sewer|hope i get|pray i get|praying i get|wish i get|being (?:here|around)|note|[ck](?:om+it|ermit)|toaster|end(?:ing|in)? it|jump in front|better off|be better|happier|be fine|born|death|sleep|underground|in (?:the|a|my) (?:ground|grave)|to do it|by the time|iwt|idwt|🪦|☠|💀|⚰"
"""One of these is in whatever says it."""
_meant = pattern_of(_MEANT)


def _says_it(p: PreparedText) -> bool:
    """Are the words there, whatever makes them harmless?"""
    return _meant.search(p.plain) is not None


RULES: tuple[Rule, ...] = (
    rule(
        "suicidal_intent",
        "Somebody says that they are about to end their life, or have begun to.",
        r"""
        (?:i(?:'m| am)?|im) (?:\w+ ){0,2}(?:going to|gonna|about to|planning to|ready to) (?:(?:kill|end|hang|drown|shoot|off) (?:my ?self|it all|my life|things(?! here))|take my (?:own )?life|commit suicide)
        (?:can'?t|cannot) (?:take|do|stand|bear) (?:it|this) any ?more\W.{0,40}?\bdo it (?:tonight|tomorrow|now|today)
        (?:i will|i'll|ill) (?:(?:kill|end|hang|drown|shoot) (?:my ?self|it all|my life)|take my (?:own )?life)
        (?:tonight|tomorrow|today)(?:'s| is) the (?:night|day) (?:i|that i|im|i'm) (?:\w+ )?(?:end|ending|die|kill|do it|finally do)
        (?:(?:i'm|im|i am) )?(?:ending|taking) my (?:own )?life|(?:i'm|im|i am) ending it (?:all|tonight|tomorrow)
        (?:written|wrote|writing) (?:my|a) (?:suicide |goodbye )?(?:note|letters?) (?:to (?:mum|mam|my (?:mum|mam|family|parents|kids))|and (?:i'm|im|i am) (?:ready|going))|i(?:'ve| have)? (?:written|wrote|left) (?:my|a) (?:suicide )?note
        i(?:'ve| have|ve)?(?: got| saved up| counted(?: out)?)? (?:the|my|all the|all my|enough) (?:pills|tablets|paracetamol|rope) (?:ready|saved up|to (?:do it|end))(?! (?:for|to (?:give|take in|hand)))
        (?:taking|taken|took|going to take|gonna take) (?:an overdose|all (?:the|my|her|his) (?:pills|tablets|paracetamol))
        (?:every(?:one|body)|they|you|family|world|mum|friends) (?:\w+ ){0,3}(?:better off|be happier) without me
        (?:slit|slitting) (?:my|her|his) wrists?|overdose on (?:\w+ ){0,3}(?:pills|tablets|paracetamol|ibuprofen)
        (?:i(?:'m|'ll| am| will)|im|she'?s|he'?s|they(?:'re)?) (?:\w+ ){0,3}commit(?:ting)? suicide
        (?:going|go) (?:out )?and (?:i'?m |am )?not (?:planning on )?coming back
        (?:i(?:'m|'ll| am| will)?|im) (?:\w+ ){0,2}?(?:going to |gonna |about to )?(?:jump(?:ing)? (?:off|from) (?:the|a|that) (?:\w+ )?(?:bridge|roof|cliff|building|multi-?storey|car park|viaduct|flats)|(?:jump|throw myself) (?:in front of|under) (?:a|the) (?:train|bus|lorry|car)|throw myself off)
        (?:rope|noose|pills|tablets|paracetamol|razor|blade)\b.{0,40}\b(?:nobody|no one|noone) (?:will|would|'ll|is going to) (?:find|miss|stop|save|notice) (?:me|until|till)
        """,
        unless=_JEST + r"""
        (?:kill|hang|shoot|drown) my ?self (?:when|unless|to (?:save|make|get|see))|(?:kill|hang|shoot|slit\w*) my(?: ?self| wrists) if(?! i\b)|if(?! i\b) [^.!?\n]{0,80}kill my ?self|may as well|save you the trouble
        """,
        within=_TOLD + r"bungee|abseil\w*|sponsor\w*|zip ?wire|harness|helmets?|wetsuits?|outdoor centre|coasteering|canoe\w*|tug of war|hide and seek",
        labels=("self_harm", "safeguarding"), severity=4, route=_SG, about=About.PUPIL, danger=True,
    ),
    rule(
        "means_to_die",
        "Somebody says of themselves that they want to die or not to live, and nothing says that it is not meant.",
        _MEANT,
        needs=_OF_IT,
        unless=_JEST + _SO_TO_SAY + r"phone|laptop|battery|retir\w+|moving (?:away|house)|new (?:job|school)|on holiday|(?:my|the) (?:character|avatar)",
        within=_TOLD + r"rats?|hamster|goldfish|plant|said no ?one|that they|if (?:you|anyone|someone)|who",
        labels=("self_harm", "safeguarding"), severity=4, route=_SG, about=About.PUPIL, danger=True, bare=_says_it,
    ),
    rule(
        "wish_to_die",
        "It says that somebody wants to die, which is often not meant.",
        r"""
        (?:want to|wanna|wants to|will|might|tried to|thinking (?:of|about)|about to|going to|gonna|ready to) (?:kill|killing|end|ending|hang|hanging) (?:my ?self(?! portrait)|it all|things|herself|himself|themselves|my life|her life|his life)
        kill(?:ing)? my ?self|kill herself|kill himself|hang my ?self(?! portrait)|unalive my ?self
        (?:going to|gonna|gna|want to|wanna|ima|imma|might|will|i'll|just) kms|goodbye (?:everyone|everybody|world|cruel world|all)|(?:courage|guts|nerve|strength) to (?:commit(?! to)|end it|kill|do it|end my life|jump)|wish (?:i|he|she) (?:was|were|wasn'?t|could be) (?:dead|never born|alive|here any ?more)|wish i(?:'d| had) never been born|better off dead
        (?:can'?t|cannot|cant) (?:do|take|cope with|go on with) (?:this|it|life) (?:any|no) ?more|(?:no|not any|any) point (?:in|of) (?:living|life|being (?:here|alive)|carrying on)|nobody (?:would|wud|will) (?:care|notice|miss me) if i (?:died|was dead|was gone|disappeared|wasn'?t here)
        hate (?:life|living|being alive)|i just want (?:it|everything|the pain) (?:all )?to (?:end|stop|be over)|thinking (?:about|of) (?:suicide|dying|death|ending)|(?:have|having|had) suicidal|(?:my|a) last (?:day|night|hours?) (?:on (?:this )?earth|alive)
        (?:i|she|he|they) (?:just )?(?:don'?t|doesn'?t|do not|does not|dont|doesnt) (?:want to|wanna) (?:be here|live|be alive|wake up|exist)(?: any ?more)?
        (?:i|she|he|they) (?:just )?(?:want|wants|wanted|wanna) to die
        (?:i(?:'m| am)?|she'?s?|he'?s?|they) (?:\w+ ){0,3}suicidal
        (?:no longer|don'?t|dont) want to (?:be alive|live any ?more)|(?:don'?t|dont|doesn'?t) (?:want|deserve) to live
        (?:i|she|he|they) (?:\w+ ){0,3}commit(?:ting)? suicide|i deserve to die
        (?:cut|cutting) (?:my|her|his) wrists?|sleep forever|not wake up (?:tomorrow|again)
        suicid\w* thoughts|contemplat\w+ suicide|(?:life|living)(?: is|'s)?(?: not|n'?t| ain'?t) worth|(?:no|any) reason (?:to|for me to) (?:live|be alive|carry on|go on)|wish for my death|terminate my life|i will suicide|want die|ctb (?:soon|tonight|tomorrow|asap)|(?:be|b|go|join|wiv|with) (?:\w+ ){0,5}?in heaven
        je veux (?:plus vivre|mourir)|je ne veux plus vivre|quiero morir(?:me)?|no quiero vivir|chce (?:umrzec|sie zabic)|nie chce (?:juz )?zyc|vreau sa mor|ich will sterben|voglio morire|quero morrer|noriu mirti|mujhe marna hai
        (?:can'?t|cannot|cant|cannae) go on(?! (?:the|a|this|that|my|our|strike|holiday|trips?|to|about|with)\b)|(?:done|finished|through|tired|sick|bored|fed up|had enough|had it) (?:wi|with|o'?|of|wi'|ae) (?:life|living|existing|being alive)(?! (?:drawing|class\w*|skills|models?|sciences?|guard\w*|admin)\b)|want to disap+ear (?:forever|for good)
        think(?:s|ing)? (?:a lot )?(?:about|of) (?:dying|suicide|death|ending (?:it|my life)|killing my ?self)|(?:was|were|been) never (?:been )?born|never (?:been|was) born|if i (?:\w+ )?(?:was|were)n'?t alive
        hope (?:a|the|some) (?:\w+ ){0,2}(?:hits?|runs? over|kills?|shoots?) me|hope i (?:die|get (?:hit|run over)|crash|do ?n'?t make it)|tried to (?:do it|kill my ?self) (?:last|again)
        (?:i|ah|a) (?:\w+ )?(?:do ?n'?t|dinn(?:ae|y)|div+n'?t|dont) (?:want|wanna|wannae|wan) ?(?:to|tae)? ?be (?:here|ere|hear|around)(?: any ?more| no ?more)?
        i(?:'ll| will) (?:\w+ )?be dead (?:by|before|on|tomorrow|tonight|soon)
        """,
        unless=_NOT_MEANT,
        labels=("self_harm", "safeguarding"), route=_SG, about=About.PUPIL, hint=True,
    ),
    rule(
        "child_wants_to_die",
        "Somebody says that a child has tried or means to end their life.",
        r"""
        (?:my|our|ma|her|his|their|the) (?:\w+ ){0,2}(?:daughter|son|child|wean|bairn|girl|boy|lad|lass|grand(?:son|daughter)|niece|nephew|sister|brother|friend|pupil) (?:\w+ ){0,6}?(?:wants?|wanted|tried|tries|trying|threatens?|threatened|threatening|plans?|planned|planning|going|intends?) (?:to )?(?:kill (?:her|him)self|killing (?:her|him)self|hang(?:ing)? (?:her|him)self|end(?:ing)? (?:her|his|their) (?:own )?life(?! (?:of|as|in))|end it all|tak(?:e|ing) (?:her|his) own life|commit(?:ting)? suicide|die (?:tonight|tomorrow))
        (?:she|he|they) (?:\w+ ){0,2}(?:tried to|has tried to|is going to|says (?:she|he|they)(?:'ll| will| is going to)) (?:kill (?:her|him)self|hang (?:her|him)self|end (?:her|his|their) (?:own )?life|take (?:her|his) own life)
        (?:i|she|he|they)(?:'ll| will)? (?:won'?t|will not|wont|not) be alive (?:for|by(?! the time)|to|on|next|tomorrow|at|when|much longer)
        """,
        unless=_JEST + r"years? ago|back in (?:19|20)\d\d",
        within=_TOLD + r"phone|battery|hamster|goldfish|plant",
        labels=("self_harm", "safeguarding"), severity=3, route=_SG, about=About.PUPIL,
    ),
    rule(
        "goodbye",
        "It reads like a goodbye: things given away, or nobody will see the writer again.",
        r"""
        (?:won'?t|will not|not going to|not gonna|wont) (?:be|see) (?:here|around|me|you|anyone) (?:any ?more|tomorrow|on monday|after|for (?:physics|the|my))
        by the time (?:you|u|anyone) (?:read|see|find)s? this
        giving (?:away )?(?:all|everything)(?: my)?(?: \w+)? away
        (?:sorry for everything|i'?m sorry mum|tell (?:my )?mum i (?:love|loved)) ?(?:her)?
        (?:last|final) (?:post|message|goodbye)s?
        goodbye (?:everyone|everybody|world|all|forever|mum|mam)\W.{0,80}?\b(?:sorry|can'?t|forgive|hurt|pain|won'?t be|love you|better)
        (?:love you|i'm sorry|im sorry|can'?t go on|forgive me)\W.{0,60}?\bgoodbye(?! (?:to|and) )
        """,
        unless=_NOT_MEANT + r"""
        leavers?|leaving (?:assembly|do|party|school)|retir\w+|moving (?:to|house|schools?|away)|new (?:job|school)|year 6|sixth form
        youth club|charity shop|prom|on (?:mon|tues|wednes|thurs|fri)days|swapp?ed|(?:if|when) (?:\w+ ){0,3}kills me|clear[- ]out|upper sixth|graduat\w+|thank you|thanks|holiday|for sale|ofsted
        """,
        labels=("self_harm", "safeguarding"), severity=3, route=_SG, about=About.PUPIL,
    ),
    rule(
        "urged_to_die",
        "Somebody is told to kill themselves, or that nobody would miss them.",
        r"""
        (?:go )?(?:kill|hang|end) (?:yourself|urself|your self|ur self|yoself|themselves)
        off (?:yourself|urself)
        (?:go|just go|hope (?:you|u)(?: just)?|(?:you|u) should(?: just)?|why don'?t (?:you|u)(?: just)?|please|pls) die
        just die (?:already|alone|in a|you|then)
        (?:just |go )(?:and )?(?:drink bleach|jump off (?:a|the) (?:bridge|roof|cliff|building))
        (?:everyone|everybody|world) (?:would|wud|'?d) be (?:better|happier) (?:off )?without (?:you|u)
        """,
        unless=_JEST,
        within=_TOLD + r"""
        laughing|laugh|mustn'?t|don'?t kill|never kill|revision
        (?:pressure|weight|load|edge|dust|it|that|them|this|mud|paint|dirt|show\w*|\w+ing|take|day|time) off (?:yourself|urself)
        """,
        labels=("self_harm", "harassment", "safeguarding"), severity=4, route=_SG, about=About.PUPIL, danger=True,
    ),
    rule(
        "self_harming",
        "A child seems to hurt themselves.",
        r"""
        self[- ]?harm(?:s|ing|ed)?
        (?:cutting|cuts?) (?:herself|himself|myself|themselves|my (?:arms?|wrists?|legs?)|(?:on|up|down) (?:her|his|my) (?:arms?|wrists?|legs?|thighs?))
        (?:her|his|my) (?:arms?|wrists?|thighs?) (?:\w+ ){0,4}(?:covered in|full of) (?:cuts|scars|plasters)
        """,
        unless=_JEST,
        within=_TOLD + r"""
        paper cuts?|policy|cuts? to|budget|funding|cutting (?:edge|board|corners|the|hours|budgets?|down|out)|nature reserve
        """,
        labels=("self_harm", "safeguarding"), severity=3, route=_SG, about=About.PUPIL,
    ),
    rule(
        "dangerous_challenge",
        "A challenge that can injure or kill is going round.",
        r"""
        (?:choking|blackout|pass[- ]?out|fainting|deodorant|paracetamol|chroming|rubber|eraser|salt and ice|tide pod|skull ?breaker|fire) (?:challenge|game|thing|trend)
        challenge (?:\w+\W+){0,12}(?:pass out|passes out|faint\w*|burns?|hospital|chok\w+|unconscious)
        """,
        unless=r"reading challenge|bake|maths challenge|letter (?:home )?warn\w*|assembly|awareness|lesson|workshop",
        labels=("self_harm", "safeguarding"), severity=4, route=_SG, about=About.PUPIL,
    ),
)  # fmt: skip
