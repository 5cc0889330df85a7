"""Self-harm: intent, goodbyes, encouraging somebody to it, dangerous challenges."""

# ruff: noqa: E501 - a pattern has one alternative a line, however long
from __future__ import annotations

from classifiers.signals.rule import Rule, rule
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
        "wish_to_die",
        "It says that somebody wants to die, which is often not meant.",
        r"""
        (?:want to|wanna|wants to|will|might|tried to|thinking (?:of|about)|about to|going to|gonna|ready to) (?:kill|killing|end|ending|hang|hanging) (?:my ?self|it all|things|herself|himself|themselves|my life|her life|his life)
        kill(?:ing)? my ?self|kill herself|kill himself|hang my ?self|unalive my ?self
        goodbye (?:everyone|everybody|world|cruel world|all)|(?:courage|guts|nerve|strength) to (?:commit(?! to)|end it|kill|do it|end my life|jump)|wish (?:i|he|she) (?:was|were|wasn'?t|could be) (?:dead|never born|alive|here any ?more)|wish i(?:'d| had) never been born|better off dead
        (?:can'?t|cannot|cant) (?:do|take|cope with|go on with) (?:this|it|life) any ?more|(?:no|not any|any) point (?:in|of) (?:living|life|being (?:here|alive)|carrying on)|nobody (?:would|wud|will) (?:care|notice|miss me) if i (?:died|was dead|was gone|disappeared|wasn'?t here)
        (?:done with|tired of|sick of|hate) (?:life|living|being alive)|i just want (?:it|everything|the pain) (?:all )?to (?:end|stop|be over)|thinking (?:about|of) (?:suicide|dying|death|ending)|(?:have|having|had) suicidal|(?:my|a) last (?:day|night|hours?) (?:on (?:this )?earth|alive)
        (?:i|she|he|they) (?:just )?(?:don'?t|doesn'?t|do not|does not|dont|doesnt) (?:want to|wanna) (?:be here|live|be alive|wake up|exist)(?: any ?more)?
        (?:i|she|he|they) (?:just )?(?:want|wants|wanted|wanna) to die
        (?:i(?:'m| am)?|she'?s?|he'?s?|they) (?:\w+ ){0,3}suicidal
        (?:no longer|don'?t|dont) want to (?:be alive|live any ?more)|(?:don'?t|dont|doesn'?t) (?:want|deserve) to live
        (?:i|she|he|they) (?:\w+ ){0,3}commit(?:ting)? suicide|i deserve to die
        (?:cut|cutting) (?:my|her|his) wrists?|sleep forever|not wake up (?:tomorrow|again)
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
        "says_kms",
        "It says “kms”, which is mostly a joke, but not always.",
        r"""
        (?:going to|gonna|gna|want to|wanna|ima|imma|might|will|i'll|just) kms
        """,
        labels=("self_harm",), route=_SG, about=About.PUPIL,
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
        youth club|charity shop|(?:if|when) (?:\w+ ){0,3}kills me|clear[- ]out|upper sixth|graduat\w+|thank you|thanks|holiday|for sale|ofsted
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
