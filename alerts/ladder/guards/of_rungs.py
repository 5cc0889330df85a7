"""What each rung of the ladder wants before it is asked, in the order in which it is asked."""

from __future__ import annotations

from collections.abc import Mapping

from alerts.ladder.guards import asking, police
from alerts.ladder.rules import Guard
from data.rungs import Rung

EVERY_RUNG = (
    asking.kind_fits,
    asking.said_gone,
    asking.own_account,
    asking.class_set,
    asking.evidence_held,
    asking.weighed,
    asking.decided_to_seek,
    asking.decider_of_rung,
)
"""What every rung wants; that 999 was rung in imminent danger wants none of it, nor any other guard."""

OF_RUNGS: Mapping[Rung, tuple[Guard, ...]] = {
    Rung.AUTHOR_REQUEST: (
        asking.pupil_letters,
        asking.author_known,
        asking.site_contact,
        asking.online,
        asking.contact_safe,
        asking.author_class,
        asking.conversation_first,
        asking.already_asked,
    ),
    Rung.PLATFORM_REPORT: (
        asking.pupil_referred,
        asking.online,
        asking.place_known,
        asking.platform_there,
        asking.member_reports,
        asking.author_first,
        asking.already_asked,
    ),
    Rung.HOST: (
        asking.pupil_letters,
        asking.online,
        asking.s5_nation,
        asking.s5_class,
        asking.s5_individual,
        asking.s5_poster,
        asking.author_first,
        asking.platform_first,
        asking.hosting_known,
        asking.already_asked,
    ),
    Rung.ISP: (
        asking.pupil_letters,
        asking.online,
        asking.host_first,
        asking.hosting_known,
        asking.already_asked,
    ),
    Rung.POSH: (
        asking.pupil_referred,
        asking.online,
        asking.posh_for_schools,
        asking.posh_class,
        asking.posh_after_platform,
        asking.rhc_individual,
        asking.rhc_harm,
        asking.rhc_after_refusal,
        asking.already_asked,
    ),
    Rung.POLICE: (
        asking.pupil_referred,
        police.police_matter,
        police.police_last,
        police.target_named,
        police.consent,
        police.consent_told,
        asking.already_asked,
    ),
}
"""What each wants besides."""
