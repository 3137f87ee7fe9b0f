"""What notices say to the members of staff whom they are for, by kind."""

from collections.abc import Mapping
from typing import Final

from agent_console.i18n import N_

NOTICE_LABELS: Final[Mapping[str, Mapping[str, str]]] = {
    "notice": {
        "assigned": N_("A case was assigned to you."),
        "result_to_review": N_("A result is ready: check it and answer the complainant."),
        "result_sent_back": N_("A result was sent back for more work."),
        "reopened": N_("A case that had ended was reopened."),
        "transferred_here": N_("Another centre gave a case to yours."),
        "referred_to_you": N_("A case was referred to your agency."),
        "referral_progress": N_("An agency told how far it is."),
        "referral_reported": N_("An agency reported its result."),
        "referral_returned": N_("An agency returned a case as not theirs."),
        "report_sent_back": N_("The centre asks your agency for more."),
        "referral_recalled": N_("The centre took a case back from your agency."),
        "closed": N_("A colleague closed a case of yours."),
        "rejected": N_("A colleague did not accept a case of yours."),
        "withdrawn": N_("The complainant of a case of yours withdrew it."),
        "unmerged": N_("A merge of a case was undone."),
        "no_progress": N_("Nothing has moved in this case for %(days)s days."),
        "referral_no_progress": N_("%(agency)s: nothing has moved in this case for %(days)s days."),
        "unscreened": N_("This case ought to have been screened by now."),
        "near_due": N_("The due date of this case comes near."),
        "overdue": N_("This case is past its due date."),
        "daily_digest": N_(
            "Your centre this morning: open %(open)s, overdue %(overdue)s, due soon %(near)s, "
            "not screened in time %(unscreened)s, nothing moved for 30 days %(stalled)s, "
            "waiting for complainants %(waiting)s. Yesterday: received %(received)s, ended %(ended)s."
        ),
        "merged": N_("A case was merged into another."),
        "to_hand_over": N_(
            "Somebody left or got another post. Open cases of theirs that need another officer: %(cases)s."
        ),
        "message_given_up": N_(
            "Messages to %(name)s did not arrive for two days and were given up."
        ),
        "rota_published": N_(
            "The rota is published: you have %(duties)s duties, the first on %(day)s."
        ),
        "duty_begins": N_(
            "Your duty begins: %(shift)s at %(begins)s. Please sign in and be ready."
        ),
        "duty_ended": N_("Your duty has ended (%(shift)s): you are off duty now. Thank you."),
        "no_show": N_(
            "%(name)s is not there: %(shift)s began at %(begins)s. See who can stand in under “Who is on now”."
        ),
        "no_show_stand_ins": N_(
            "%(name)s is not there: %(shift)s began at %(begins)s. Who can come, the best first: %(stand_ins)s."
        ),
        "last_one_stays": N_(
            "%(name)s stays on after %(shift)s: nobody else at this centre is ready, and callers would find nobody."
        ),
        "last_one_left": N_(
            "%(name)s left as the last one of their centre: callers go to the national centre now."
        ),
        "standby_accepted": N_("%(name)s was on standby, was rung and comes: the shift is theirs."),
        "standby_declined": N_("%(name)s is on standby, was rung and cannot come."),
        "standby_unanswered": N_("%(name)s is on standby and did not answer three calls."),
        "standby_failed": N_(
            "%(name)s is on standby and could not be rung before the shift ended."
        ),
        "plan_done": N_("The search for a rota from %(day)s on is done: look at the draft."),
        "plan_failed": N_("The search for a rota from %(day)s on found none: look why."),
        "training_place": N_("You have a place in “%(course)s” on %(day)s, %(place)s."),
        "training_cancelled": N_("“%(course)s” on %(day)s is not held."),
        "practice_good": N_("A trainer signed off a practice call of yours."),
        "practice_again": N_("A trainer asks you to practise a call once more: see the remark."),
        "certificate_issued": N_("You have the certificate of “%(course)s”, until %(day)s."),
        "certificate_revoked": N_("Your certificate of “%(course)s” was withdrawn."),
        "certificate_ends": N_(
            "Your certificate of “%(course)s” ends on %(day)s, in %(left)s days. Take a place in the next course."
        ),
        "certificate_of_ends": N_(
            "%(name)s: the certificate of “%(course)s” ends on %(day)s, in %(left)s days."
        ),
        "duty_changed": N_(
            "Your duty of %(day)s is now: %(shift)s. Days changed at once: %(days)s."
        ),
        "swap_offered_to_all": N_(
            "%(name)s offers the duty of %(day)s, %(shift)s, and you could take it. Answer under Swaps."
        ),
        "swap_offered": N_(
            "%(name)s offers you the duty of %(day)s, %(shift)s. Answer under Swaps."
        ),
        "swap_accepted": N_(
            "Two colleagues agreed to swap %(name)s's duty of %(day)s, %(shift)s. It waits for approval."
        ),
        "swap_declined": N_("The colleague does not take the duty of %(day)s, %(shift)s."),
        "swap_withdrawn": N_("The swap of %(name)s's duty of %(day)s, %(shift)s was taken back."),
        "swap_refused": N_(
            "The swap of %(name)s's duty of %(day)s, %(shift)s was not approved. Everything stays as it was."
        ),
        "swap_lapsed": N_(
            "The swap of %(name)s's duty of %(day)s, %(shift)s was not agreed in time. Everything stays as it was."
        ),
        "sick_call": N_(
            "%(name)s is sick from %(day)s on. Duties that are free now: %(duties)s. Look for stand-ins."
        ),
        "duties_freed": N_(
            "%(name)s left or works elsewhere now. Duties that are free: %(duties)s, the first on %(day)s, %(shift)s."
        ),
        "cover_gaps": N_(
            "People are missing on %(day)s, %(shift)s: %(missing)s. New gaps in the next 14 days: %(gaps)s."
        ),
        "no_rota": N_("No rota is published for %(day)s. New gaps in the next 14 days: %(gaps)s."),
        "channel_officer_of": N_(
            "You are the responsible officer for %(channels)s, from %(day)s until %(until)s."
        ),
        "channel_deputy_of": N_(
            "You are the deputy responsible officer for %(channels)s, from %(day)s until %(until)s."
        ),
        "channel_beside_you": N_(
            "%(name)s answers for %(channels)s together with you, from %(day)s on."
        ),
        "channel_relieved": N_(
            "Somebody else is appointed for %(channels)s: you answer for it until %(until)s."
        ),
        "channel_days_changed": N_(
            "The days on which you answer for %(channels)s are now: from %(day)s until %(until)s."
        ),
        "channel_taken_back": N_(
            "Your appointment for %(channels)s from %(day)s on was taken back."
        ),
        "channels_without_officer": N_(
            "%(centre)s: %(count)s channels have no responsible officer: %(channels)s. Please appoint somebody."
        ),
        "channel_down": N_("%(centre)s: %(channels)s does not work since %(since)s. %(why)s"),
        "channel_up": N_(
            "%(centre)s: %(channels)s works again. It was down for %(minutes)s minutes, since %(since)s."
        ),
        "channel_officer_ends": N_(
            "%(centre)s: %(name)s is the responsible officer for %(channels)s until %(day)s, and nobody follows."
        ),
        "channel_deputy_ends": N_(
            "%(centre)s: %(name)s is the deputy for %(channels)s until %(day)s, and nobody follows."
        ),
        "neighbours_wanted": N_(
            "People are missing on the night of %(day)s, %(shift)s. A neighbour province could answer it if you agree."
        ),
        "leave_asked": N_("A colleague asks for leave from %(day)s on, %(days)s days."),
        "leave_approved": N_("Approved: you are away from %(day)s on, %(days)s days."),
        "leave_refused": N_("Your leave from %(day)s on was refused."),
        "leave_withdrawn": N_("Leave from %(day)s on, %(days)s days, was taken back."),
        "leave_left_gaps": N_(
            "Approved leave left published duties without anybody: %(duties)s, the first on %(day)s."
        ),
    },
}
NOTICE_LEVELS: Final[Mapping[str, str]] = {
    "duty_changed": "warn",
    "swap_refused": "warn",
    "swap_lapsed": "warn",
    "sick_call": "bad",
    "duties_freed": "warn",
    "cover_gaps": "bad",
    "no_rota": "bad",
    "neighbours_wanted": "warn",
    "channel_relieved": "warn",
    "channel_days_changed": "warn",
    "channel_taken_back": "warn",
    "channels_without_officer": "bad",
    "channel_down": "bad",
    "channel_up": "good",
    "channel_officer_ends": "warn",
    "channel_deputy_ends": "warn",
    "duty_begins": "warn",
    "no_show": "bad",
    "no_show_stand_ins": "bad",
    "last_one_stays": "bad",
    "last_one_left": "bad",
    "standby_accepted": "good",
    "standby_declined": "bad",
    "standby_unanswered": "bad",
    "standby_failed": "bad",
    "plan_done": "good",
    "plan_failed": "bad",
    "leave_asked": "warn",
    "leave_approved": "good",
    "leave_refused": "warn",
    "leave_left_gaps": "bad",
    "training_cancelled": "warn",
    "practice_good": "good",
    "practice_again": "warn",
    "certificate_issued": "good",
    "certificate_revoked": "bad",
    "certificate_ends": "warn",
    "certificate_of_ends": "warn",
    "no_progress": "warn",
    "referral_no_progress": "warn",
    "unscreened": "bad",
    "message_given_up": "bad",
    "to_hand_over": "warn",
    "referral_returned": "warn",
    "report_sent_back": "warn",
    "result_sent_back": "warn",
    "reopened": "warn",
    "result_to_review": "good",
    "referral_reported": "good",
}
