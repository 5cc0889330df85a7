"""Unmistakable danger words in Welsh. Everything else in Welsh is left to a person."""

# ruff: noqa: E501 - a pattern has one alternative a line, however long
from __future__ import annotations

from classifiers.signals.rule import Rule, rule
from data.types import About, Route

_SG = Route.SAFEGUARDING
_NOT_MEANT = r"""
    drama|nofel|ffilm|llyfr|gwers|gweithdy|hanes|chwarae|pel-droed|rygbi|tan gwyllt|larwm|joc
"""

RULES: tuple[Rule, ...] = (
    rule(
        "welsh_threat",
        "In Welsh: somebody is threatened with being killed, stabbed, shot or burnt.",
        r"""
        (?:mi|fe|fi(?:'n)?|dwi(?:'n)?|(?:dw|rw|wna|bydda|gwna) i(?:'n)?|byddan ni(?:'n)?|ni(?:'n)?|(?:mae|ma'?) \S+(?: \S+)? (?:yn|am)) (?:\S+ ){0,3}(?:ladd|lladd|saethu|trywanu|drywanu|thrywanu|losgi|llosgi)(?: \S+){0,3}
        (?:fi(?:'n)?|dwi(?:'n)?|(?:dw|rw|wna|bydda|gwna) i(?:'n)?|byddan ni(?:'n)?|ni(?:'n)?) (?:\S+ ){0,3}(?:(?:curo|guro|cicio|gicio|dyrnu|ddyrnu) (?:\S+ ){0,2}?(?:mr|mrs|miss|syr|pennaeth|prifathro|prifathrawes|athro|athrawes|gofalwr)|(?:malu|falu|torri|dorri|chwalu) (?:\S+ ){0,2}?(?:coesau'?r?|goesau'?r?|wyneb|ffenest\w*|car|gar) (?:\S+ ){0,2}?(?:mr|mrs|miss|syr|pennaeth|prifathro|prifathrawes|athro|athrawes|gofalwr)|chwythu(?:'r| \S+)? (?:ysgol|the school)|(?:rhoi|roi) (?:\S+ ){0,4}?ar dan|taflu asid|daflu asid)(?: \S+){0,3}
        (?:caiff|geith|gaiff|ceith) (?:\S+ ){0,3}(?:fwled|cyllell|gyllell|chyllell|stid|gael stid)
        (?:mae|ma'?|bod|fod) (?:'na |yna |na )?(?:bom|fom) (?:yn|dan|ar|mewn)
        (?:bom|fom) (?:yn|o dan|dan|tu mewn i) (?:y|yr|eich|dy) (?:ysgol|neuadd|dosbarth|swyddfa|llyfrgell|gampfa|coridor|toiledau)
        (?:dod|ddod|dwad) (?:a|efo|gyda) (?:cyllell|gyllell|chyllell|gwn|dryll|ddryll) (?:i|i'r|ir|i the) (?:\S+ )?(?:ysgol|school)
        """,
        unless=_NOT_MEANT + r"""
        (?:ladd|lladd) fy (?:ngwr|ngwraig|mrawd|chwaer|mhlant|mab|merch|mam|nhad|ffrind)
        (?:ladd|lladd) (?:fy hun|fy hunan|ei hun|ei hunan|amser)
        rhyfel|ryfel|ffug|cwpan|gem|gêm|bos ola\w*|lefel|minecraft|fortnite|ras|calori\w*|coelcerth|goelcerth|cacen|gacen|selsig
        """,
        labels=("threat",), severity=4, route=Route.POLICE_NOW, danger=True,
    ),
    rule(
        "welsh_armed",
        "In Welsh: somebody says that they have a knife or a gun, or are coming with one.",
        r"""
        (?:mi|fe|fi(?:'n)?|dwi(?:'n)?|(?:dw|wna|bydda) i(?:'n)?|byddan ni|ni(?:'n)?) (?:\S+ ){0,3}(?:dod|ddod|dwad) (?:a|a'r|efo|efo'r|gyda|gyda'r) (?:cyllell|gyllell|chyllell|gwn|dryll|ddryll)(?: \S+){0,3}
        gen i (?:cyllell|gyllell|dryll|ddryll)(?: \S+){0,3}
        (?:cyllell|gyllell|gwn|dryll|ddryll) (?:gen i|gyda fi|'da fi|efo fi)(?: \S+){0,3}
        """,
        unless=_NOT_MEANT + r"""
        cegin|gegin|coginio|bwyd|fforc|cacen|gacen|plastig|blastig|barbeciw|pysgota|bysgota|menyn|fenyn|gwn nos|graddio
        """,
        labels=("threat",), severity=4, route=Route.POLICE_NOW, danger=True,
    ),
    rule(
        "welsh_veiled",
        "In Welsh: somebody is warned, or told what may befall them, as by one who means harm.",
        r"""
        (?:gwatsia|gwatcha|gwylia|gwyliwch|gwatsiwch|watsha) (?:dy|eich|ei) (?:g?h?efn|cefn)
        (?:gwybod|gwbod|gwpod|nabod) (?:yn iawn )?(?:lle|ble|pa dy) (?:ti|mae|ma|wyt|ti'n|mae'n)(?: \S+){0,3}(?:'n| yn) byw
        (?:cael|gael|chael|caiff|geith|gaiff) (?:hi|o hi|ei chael hi) (?:nos|heno|fory|yfory|wsnos|wythnos|ddydd|dydd|pan)
        (?:am|yn mynd i|mynd i) (?:ei )?chael hi|yn ei chael hi (?:go iawn|tro nesa|nesa)
        (?:llosgwch|llosga)(?:'r| y| yr) (?:lle|ysgol|the school)
        heb (?:ddannedd|ddant|goesau|goes|wyneb)
        (?:fydd|bydd|geith|neith) (?:\S+ ){1,3}(?:ddim yn|byth yn|ddim) (?:cerdded|gerdded|cyrraedd|mynd|dod) (?:adra|adre|gartref|allan o)
        (?:fydd|bydd) (?:\S+ )?(?:o|e|hi|yn|nhw) ?(?:angen|isio|eisiau) (?:doctor|meddyg|ambiwlans|deintydd|ysbyty|arch)
        (?:rhoi|roi) (?:matsian|matsien|fatsian|petrol|betrol|tan) (?:i'r|i|yn y|ar y|dan y)
        ar ei ffordd (?:\S+ ){0,4}(?:efo|gyda|a) (?:bat|ei fat|cyllell|gyllell|gwn|morthwyl)
        """,
        unless=_NOT_MEANT + r"""
        diolch|lwc dda|[cg]odi|coelcerth|goelcerth|cannwyll|gem|gêm|cwpan|meinciau|bws
        """,
        labels=("threat",), severity=3, route=Route.POLICE_NOW,
    ),
    rule(
        "welsh_suicide",
        "In Welsh: somebody means to end their life, or is told to.",
        r"""
        (?:lladd|ladd) (?:fy hun|fy hunan|ei hun|ei hunan|dy hun|dy hunan|'n hun)
        (?:dwi|dw i|rwy|rydw i|wi|fi)(?:'n| yn)? (?:jyst |wir |wirioneddol |mor )?(?:eisiau|isio|isie|ishe|moyn) (?:marw|farw|gorffen (?:fy mywyd|popeth))
        (?:dwi|dw i|rwy|wi)(?:'m| ddim)(?: yn)? (?:eisiau|isio|isie|ishe|moyn) (?:byw|bod yn fyw|deffro)
        """,
        unless=_NOT_MEANT + r"""
        chwerthin|embaras|lol|haha|😂|🤣|💀|gwaith cartref|mathemateg|cywilydd
        meddwl am ladd dy hun(?:an)?
        """,
        labels=("self_harm", "safeguarding"), severity=4, route=_SG, about=About.PUPIL, danger=True,
    ),
    rule(
        "welsh_wish_to_die",
        "In Welsh: somebody wants to die, which is often not meant.",
        r"""
        (?:eisiau|isio|isie|moyn) (?:marw|gorffen (?:fy mywyd|popeth))
        (?:ddim|dim) (?:eisiau|isio|isie|moyn) (?:byw|bod yma|bod yn fyw|deffro)
        (?:methu|ffaelu) (?:(?:cario ymlaen|dal ati|cymryd mwy)|(?:gwneud|neud|wneud|cymryd) (?:hyn|hwn|o) (?:dim mwy|ddim mwy|rhagor|bellach))|well (?:hebdda i|hebddo fi|marw)
        """,
        unless=_NOT_MEANT,
        labels=("self_harm", "safeguarding"), route=_SG, about=About.PUPIL, hint=True,
    ),
    rule(
        "welsh_child_hurt",
        "In Welsh: a child seems to be hurt or afraid.",
        r"""
        (?:cleisiau|gleisiau|chleisiau|nghleisiau|clais|glais|chlais) (?:ar|dros|hyd)(?: \S+){0,4}
        (?:mae|ma'?) (?:dad|mam|tad|llystad|fy nhad|'nhad) (?:\S+ ){0,3}(?:curo|guro|taro|daro|dyrnu|ddyrnu|brifo|frifo)
        (?:torri|dorri|thorri) (?:ei|fy|dy) hun(?:an)?
        ofn mynd adre\w*
        llun(?:iau)? noeth(?: \S+){0,4}
        """,
        unless=_NOT_MEANT + r"""
        trampolin|cwympo|syrthio
        """,
        labels=("safeguarding",), severity=3, route=_SG, about=About.PUPIL,
    ),
    rule(
        "welsh_weapon",
        "In Welsh: a child is said to carry a knife or a gun.",
        r"""
        (?:cyllell|gyllell|chyllell|gwn|dryll|ddryll) (?:ym|yn|mewn|yng|gan|'da) (?:\S+ ){0,2}(?:mag|bag|fag|hosan|boced|poced|phoced|locer|disgybl|fachgen|bl\.?|blwyddyn)
        (?:bachgen|fachgen|hogyn|merch|hogan|disgybl|ddisgybl|plentyn|blwyddyn \d+) (?:\S+ ){0,6}(?:efo|gyda|gan|'da|a|cario|chario) (?:cyllell|gyllell|chyllell|dryll|ddryll)
        """,
        unless=_NOT_MEANT + r"""
        cegin|gegin|coginio|bwyd|fforc|cacen|gacen|plastig
        """,
        labels=("safeguarding",), severity=4, route=_SG, about=About.PUPIL,
    ),
    rule(
        "welsh_missing",
        "In Welsh: a child is missing or has run away.",
        r"""
        (?:bachgen|fachgen|hogyn|merch|ferch|hogan|plentyn|blentyn|disgybl|mab|fab|crwt|croten)(?: \S+){0,6}? (?:ar goll|(?:wedi|'di) (?:rhedeg (?:i ffwrdd|bant|o'r|mas|allan)|mynd (?:ar goll|dros y ffens|o'r ysgol)|diflannu))(?: \S+){0,3}
        """,
        unless=_NOT_MEANT + r"""
        cot|esgid\w*|bag|siwmper|wedi(?:'i| ei) (?:ffeindio|darganfod|gael)|yn saff|yn ddiogel
        """,
        labels=("safeguarding",), severity=4, route=_SG, about=About.PUPIL,
    ),
    rule(
        "welsh_unfit",
        "In Welsh: an adult who has a child in their care seems drunk or drugged.",
        r"""
        (?:wedi meddwi|'di meddwi|yn feddw|drewi o (?:ddiod|alcohol|gwrw|win|fodca)|(?:h?oglau?|arogl) (?:cwrw|diod|alcohol|gwin|fodca) ar)\W[^\n]{0,120}?(?:plant|plentyn|dreif\w+|gyrru|yrru|car|giat|goriad\w*|allwedd\w*|dosbarth|bws|nol|casglu|gwers|ysgol)
        """,
        unless=_NOT_MEANT + r"""
        tafarn|parti|priodas|cwis
        """,
        labels=("safeguarding",), severity=4, route=_SG,
    ),
    rule(
        "welsh_staff_hurt",
        "In Welsh: an adult of the school is said to have hit or touched a child.",
        r"""
        (?:athro|athrawes|hathro|hathrawes|pennaeth|prifathro|prifathrawes|cynorthwyydd|y bos|mr \w+|mrs \w+|miss \w+|dr \w+) (?:\S+ ){0,6}(?:g?afael|t?d?aflu|ll?usgo|ysgwyd|hysgwyd|cloi|gloi|clymu|glymu|taro|daro|bwrw|fwrw|curo|guro|slapio|cyffwrdd|gyffwrdd|gwthio|wthio|cydio|gydio) (?:\S+ ){0,3}(?:mab|fab|merch|ferch|merched|plentyn|phlentyn|plant|blant|bachgen|fachgen|disgybl|ddisgybl|disgyblion|hogyn|hogan)
        """,
        unless=_NOT_MEANT + r"""
        calon|galon|diolch|stori|pel|targed
        """,
        labels=("safeguarding",), severity=3, route=_SG, about=About.STAFF,
    ),
    rule(
        "welsh_secret",
        "In Welsh: a child has been told to tell nobody.",
        r"""
        (?:mr|mrs|miss|dr|athro|athrawes|pennaeth|prifathro|hyfforddwr) (?:\S+ ){0,4}(?:anfon|gyrru|yrru|danfon) (?:negeseuon|negesau|lluniau|tecsts?|snaps?) (?:\S+ ){0,2}(?:merch|ferch|mab|fab|hogan|hogyn|plant|blant|disgybl\w*|ddisgybl\w*)
        (?:peidio|beidio|pheidio|paid) (?:a |ag |a'i )?(?:dweud|ddweud|deud|ddeud) (?:dim )?wrth (?:neb|mam|dad|dy (?:fam|dad)|ei (?:mam|fam|thad|dad))
        """,
        unless=_NOT_MEANT + r"""
        syrpreis|parti|pen-?blwydd|anrheg|anrhegion|sion corn
        """,
        labels=("safeguarding",), severity=3, route=_SG, about=About.PUPIL,
    ),
)  # fmt: skip
