"""Somebody at the desk who was just signed in, without the pages that ask for a code; and other settings."""

from dataclasses import replace

from builders.page import prove


def come(desk, who, browser=None):
    """A browser, that one or a new one, in which that person has just proved who they are."""
    browser = browser or desk.another()
    prove(browser, desk.store, next(p for p in desk.context.config.people if p.id == who), desk.clock())
    return browser


def settle(desk, *more, **given):
    """The settings, read again, name these people too, and say this."""
    config, links = desk.context.config, desk.context.links
    config = replace(config, **given)
    config = replace(config, people=(*config.people, *more))
    mails = {p.id: p.email for p in config.people if p.email}
    desk.context = replace(desk.context, config=config, links=replace(links, mails=mails))
