"""The wording of pages that are served instead of the page we asked for: data for `recognise`.

Each row is a kind, where to look (`title`; `start`: title, headings and first words; `source`: the
markup) and a pattern in lower case. Rows are tried in order; the first match wins. `source` rows match
markup that only such pages contain.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from data.types import BlockKind

_CONSENT, _CAPTCHA, _CHALLENGE = BlockKind.CONSENT, BlockKind.CAPTCHA, BlockKind.CHALLENGE
_RATE, _FORBIDDEN, _LOG_IN = BlockKind.RATE_LIMITED, BlockKind.FORBIDDEN, BlockKind.LOG_IN
_AGE = BlockKind.AGE
_ADULT = r"(18|eighteen)( ?\+| years( old| of age)?)?( or (older|over|above))?"
_SHOWN = r"(view|see|read|enter|access|visit|continue)"
_REMOVED, _SOFT_404, _SCRIPT = BlockKind.REMOVED, BlockKind.SOFT_404, BlockKind.SCRIPT_ONLY


_TAKE_PART = (
    "(reply|post|comment|answer|respond|vote|rate|like|quote|write|leave|add|start|join|take part|"
    "report|follow)"
)
"""What may need a log-in on a page that everyone can read."""


class WallPattern(NamedTuple):
    """One piece of wording, or markup, that gives a wall away."""

    kind: BlockKind
    where: str
    pattern: re.Pattern[str]


def _rows(kind: BlockKind, where: str, *patterns: str) -> tuple[WallPattern, ...]:
    return tuple(WallPattern(kind, where, re.compile(pattern)) for pattern in patterns)


WALLS: tuple[WallPattern, ...] = (
    *_rows(
        _CONSENT,
        "source",
        r"""action=["']https://consent\.(google|youtube)\.""",
        r"""action=["']https://(guce|consent)\.[a-z]+\.com""",
    ),
    *_rows(
        _CONSENT,
        "title",
        r"^before you continue\b",
        r"^antes de (ir|continuar)\b",
        r"^bevor sie (zu|fort)",
        r"^avant (d.acc.der|de continuer|de poursuivre)",
        r"^prima di (continuare|andare|passare)",
        r"^voordat je (verdergaat|naar)",
        r"^cyn i chi (barhau|fynd)",
        r"^(cookie|privacy) (consent|notice|settings|choices)\b",
        r"^(your|we value your) privacy\b",
    ),
    *_rows(
        _CONSENT,
        "start",
        r"^.{0,80}(before you continue to (google|youtube)|bevor sie (fortfahren|zu google))",
        r"is part of the yahoo family of brands",
        r"we and our \d* ?partners (store|use|process)",
        r"to continue to (the|this) (site|website|page),? (please )?(accept|choose|give your consent)",
    ),
    *_rows(
        _CAPTCHA,
        "start",
        r"prove (your humanity|you.re (a )?human|that you are (a )?human)",
        r"(complete|solve|pass) (the|this|a) (security check|captcha|puzzle)",
        r"not a robot|no robots allowed|are you a (robot|human)|robot or human|robot check",
        r"(verify|confirm)(ing)? (that )?you('re| are|’re) (a )?human|human verification|bot verification",
        r"(enter|type) the (characters|letters|words|text) (you see|shown|below|above|in the image)",
        r"unusual traffic from your (computer )?network|press (&|and) hold to confirm",
        r"kein roboter|no (soy|eres) un robot|pas un robot",
    ),
    *_rows(
        _CHALLENGE,
        "source",
        r"\b_cf_chl_opt\b|id=[\"']challenge-form|id=[\"']cf-challenge|jschl[_-]answer",
        r"sucuri_cloudproxy_js|id=[\"']anubis_challenge|/\.within\.website/x/cmd/anubis/",
        r"_incapsula_resource\?(swudnsai|cwudnsai)|captcha-delivery\.com/c\.js|sgcaptcha",
        r"id=[\"']px-captcha|awswafcookiedomainlist|window\.gokuprops|ddos-guard\.net/",
    ),
    *_rows(
        _CHALLENGE,
        "title",
        r"^(just a moment|one moment, please|please wait( for verification)?|un momento|einen moment|"
        r"un instant|nur einen moment|um momento)(\.\.\.|…)?$",
        r"please wait for verification|^(verifying|checking) your browser|^you are being redirected",
        r"making sure you.re not a bot|^ddos-guard|^(vercel )?security checkpoint|^client challenge$",
        r"^security (check|verification|challenge)\b|^security \| |^attention required!",
        r"^bot (check|protection)",
        r"^robot challenge|^your browser could not be verified|^connection security",
        r"^pardon our interruption|^challenge validation|^browser (check|verification)",
    ),
    *_rows(
        _CHALLENGE,
        "start",
        r"checking (your browser|if the site connection is secure)|(we.re|we are) verifying your browser",
        r"enable javascript and cookies to continue|please enable js and disable any ad ?blocker",
        r"request unsuccessful\. incapsula",
        r"(javascript|cookies?) (is|are) required[^.]{0,40} before you are allowed",
        r"checking (the )?site connection security",
        r"this process is automatic\. your browser will redirect",
    ),
    *_rows(
        _RATE,
        "start",
        r"too many requests|rate.?limit(ed| exceeded| reached)|you.{0,20} (made|sent) too many requests",
        r"^(429|error 429|http 429|slow down)\b|error(:| code:?)? 1015\b",
    ),
    *_rows(_AGE, "source", r"<(?:input|button)\b[^>]{0,200}\bname=[\"']?over_?18\b"),
    *_rows(
        _AGE,
        "start",
        rf"must be (at least |over |aged )?{_ADULT} (to|in order to) {_SHOWN}\b",
        rf"are you (at least |over |aged )?{_ADULT}(\?| and )",
        rf"(confirm|verify|certify) (that )?(you are|you're|i am) (at least |over |aged )?{_ADULT}",
        rf"(suitable|intended|meant) (only )?for (adults|people|persons|those) (aged |over )?{_ADULT}",
        r"(confirm|verify) your age to (view|see|read|enter|access|visit|continue)\b",
        r"rhaid i chi fod (yn|dros) (18|ddeunaw)",
    ),
    *_rows(
        _AGE,
        "title",
        r"^(age (check|gate|verification|restricted)|adults only)\b|^are you over (18|eighteen)\b",
    ),
    *_rows(
        _LOG_IN,
        "title",
        r"^(please )?(log|sign)[ -]?(in|on|into)\b|\b(log|sign) in to\b",
        r"\b(log|sign)[ -]?in( or (sign up|register|join))?$",
        r"^(sign up|login|authwall|join)\b( [|•·-]|$)|^(anmelden|iniciar sesi.n|se connecter|mewngofnodi)\b",
    ),
    *_rows(
        _LOG_IN,
        "start",
        r"(must|need to|have to|please) (first )?(be )?(logged?|signed?)[ -]?(in|on)\b"
        rf"(?!( or (register|sign up|join|create an account))? to {_TAKE_PART})",
        r"(create an account|sign up|register) or (log|sign) in to\b",
        r"(log|sign) in( or (register|sign up|join))? to (continue|view|see|read|access)",
        r"(members|registered users) only\b",
        r"requires you to be registered and logged in|you are not logged in or you do not have permission",
        r"not authori[sz]ed to (view|read|access)",
        r"(this|the) (group|community|account|profile) is private",
    ),
    *_rows(
        _FORBIDDEN,
        "start",
        r"(your )?(request|ip( address)?|access|connection) (has been|was|is) (temporarily |permanently )?"
        r"(blocked|banned|denied)",
        r"you have been blocked|banned your (ip|access)|^(http )?(error )?403\b",
        r"^(access denied|forbidden|blocked)\b",
        r"your (request|connection|access|visit)[^.!?]{0,60} (blocked|rejected|refused|restricted)\b",
        r"requested url was rejected|request to access this page[^.!?]{0,90} blocked|request blocked\.",
        r"a security service (to|for) protect|^web ?(page|site) blocked|^access restricted\b|^406\b",
        r"^(ac+es+o (bloqueado|denegado|negato)|acc.s (refus.|interdit)|zugriff verweigert)",
        r"access to this (page|site|resource) (has been|is) (denied|forbidden|restricted|limited)",
        r"(do not|don.t) have (the )?permissions? to (access|view)|error(:| code:?)? (1006|1009|1010|1020)\b",
        r"your access to this site has been limited|not available in your (country|region|location)",
        r"451: unavailable|unavailable (for|due to) legal reasons",
    ),
    *_rows(
        _REMOVED,
        "start",
        r"(post|thread|topic|page|discussion|review|content|message|article|video|account|profile|listing) "
        r"(has been|was|have been|is|were) (now )?(removed|deleted|withdrawn|taken down|suspended)",
        r"(content|page|post|video|link|account) (isn.t|is not|(is )?no longer) (currently )?available",
        r"(topic|thread|post|forum|page|discussion|user) (you requested |requested )?"
        r"(does not|doesn.t|no longer) exists?",
        r"(requested|specified) (topic|thread|post|page|discussion) (could not be|was not|cannot be) found",
        r"(no|invalid) (thread|topic|post) specified|(doesn.t|does not) exist or is private",
        r"(this|the) (page|post|content) (may|might) have been (removed|deleted)|^(410|gone)\b",
        r"(missing or|either) off limits to you|could not locate the item|^video unavailable",
        r"this domain (name )?(is|may be) for sale|buy this domain|domain (name )?(has )?expired",
    ),
    *_rows(
        _SOFT_404,
        "title",
        r"^(http )?(error[: -]*)?404\b|\b404 (error|not found|page)|[-|–—] ?404$",
        r"^(oops|whoops|sorry)\W*$|^not found\b",
        r"^(oops|whoops|sorry)\b.{0,60}\b(page|content|link|url|address|something (went|has gone)|find|found|"
        r"available|exists?|trouble|error|missing)\b",
        r"\b(page|file|url|document) (was |is |could )?(not |n.t )(be )?found",
        r"^(thread|topic|post|discussion|listing|profile|article|item|video|user) not found",
        r"(couldn.t|can.t|cannot|could not|can not) (be found|find (that|this|the|your))",
        r"no se ha encontrado|nicht gefunden|page (introuvable|non trouv.e)",
        r"heb (ei|eu) (ganfod|chanfod|ddarganfod)",
        r"^(no results|nothing) found$|page (unavailable|missing|does(n.t| not) exist)",
    ),
    *_rows(
        _SOFT_404,
        "start",
        r"(sorry|oops|whoops|unfortunately)[,!. ][^.]{0,60}(page|address|url)[^.]{0,60}"
        r"(not (be )?found|n.t (be )?find|does(n.t| not) exist|n.t (be )?found|moved)",
        r"the (page|url|address)[^.]{0,40} (was not|could not be|couldn.t be|can.t be|cannot be) found",
        r"\b404 (error|not found)\b|\berror:? 404\b|sorry, something went wrong",
        r"can.t seem to find the page|not the page you (are|.re|were) looking for",
        r"^404\b|we (can.t|couldn.t|could not|cannot) find (that|the|this) (page|address|url)",
    ),
    *_rows(
        _SCRIPT,
        "start",
        r"(enable|turn on|activate|requires?|needs?|without|support) javascript",
        r"javascript (is|must be|has to be|to be) (not available|disabled|required|enabled|turned on)",
        r"turn javascript on|javascript enabled",
    ),
)

REASONS: dict[BlockKind, str] = {
    _CHALLENGE: "The site asks for proof that a browser is at work",
    _CAPTCHA: "The site asks for proof that a person is there (a captcha)",
    _CONSENT: "The site shows its consent page instead of the page",
    _LOG_IN: "The site asks for a log-in, and we never log in",
    _AGE: "The site asks visitors to confirm that they are over 18, which we never do",
    _FORBIDDEN: "The site refuses us",
    _RATE: "The site says that we have asked too often",
    _REMOVED: "The page is no longer there",
    _SOFT_404: "The site has no such page, and shows a page saying so",
    _SCRIPT: "The page has no text without its scripts",
}


def asked_too_often(detail: str) -> bool:
    """Is that what a site said, by the reason of its block?"""
    return detail.startswith(REASONS[_RATE])


def needs_scripts(detail: str) -> bool:
    """Did a page show nothing without its scripts, by the reason of its block? Nobody there refuses us."""
    return detail.startswith(REASONS[_SCRIPT])
