"""Mails and pages by axe-core, as who has a screen reader or poor sight meets them."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from builders.alert import EVERYBODY, NOW, SCHOOL, raised, verdict
from builders.page import DANGER, PageDesk

from alerts.next_date import Means
from alerts.wording.alert_mail import outbox
from alerts.wording.lag import Seen
from data.types import About, Route

CHROMIUM = shutil.which("chromium")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def shown(home: Path) -> dict[str, str]:
    """The mail of a threat and of something restricted, and a page with its words and every form."""
    desk = PageDesk(home, told=("head", "dsl"), **DANGER)
    means, threat = Means(links=desk.context.links), verdict(Route.POLICE_NOW, About.STAFF, abuse=("threat",))
    seen = Seen(threat, ("local_forum",))
    mail = outbox(raised(threat), EVERYBODY, SCHOOL, NOW, means, seen)[0]
    apart = outbox(raised(verdict()), EVERYBODY, SCHOOL, NOW, means)[0]
    page = desk.press("read", "head").text
    return {"a threat": mail.html or "", "restricted": apart.html or "", "its page": page}


@pytest.mark.skipif(CHROMIUM is None, reason="no chromium here")
def test_no_mail_and_no_page_breaks_a_rule_of_axe_in_light_or_in_dark(tmp_path) -> None:
    """Over a second: axe looks at each as a browser has drawn it."""
    from playwright.sync_api import sync_playwright

    axe = (
        Path(pytest.importorskip("axe_playwright_python").__file__).with_name("axe.min.js").read_text("utf-8")
    )
    found = []
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        tab = browser.new_page(viewport={"width": 375, "height": 700}, bypass_csp=True)
        for name, html in shown(tmp_path).items():
            tab.set_content(html)
            tab.evaluate("for (const d of document.querySelectorAll('details')) d.open = true")
            tab.evaluate(axe)
            for scheme, rules in (("light", RULES), ("dark", ["color-contrast"])):
                tab.emulate_media(color_scheme=scheme)
                broken = tab.evaluate("rules => axe.run(document, {runOnly: rules})", rules)["violations"]
                found += [(name, scheme, rule["id"], rule["nodes"][0]["html"]) for rule in broken]
        browser.close()
    assert found == []
