"""What stands in the office, by what the reader may do there."""

from dataclasses import dataclass
from typing import Final

from agent_console.i18n import N_
from case_store.people.permissions import Action, Actor, may


@dataclass(frozen=True)
class Entry:
    """A page of the office, and what one must be allowed to do, one of it, to find it there."""

    href: str
    icon: str
    name: str
    about: str
    actions: tuple[Action, ...]
    opens: bool = True
    """Whether it is reason enough to have an office; what everybody has stands in the bar of those without one."""


GROUPS: Final[tuple[tuple[str, tuple[Entry, ...]], ...]] = (
    (
        N_("Lists and rules"),
        (
            Entry(
                "/office/words",
                "list",
                N_("Categories and other words"),
                N_("What cases are called, on two levels"),
                (Action.MANAGE_WORDS,),
            ),
            Entry(
                "/office/agencies",
                "building",
                N_("Agencies"),
                N_("The offices that cases are referred to"),
                (Action.MANAGE_WORDS,),
            ),
            Entry(
                "/office/policies",
                "clock",
                N_("Deadlines, reminders and retention"),
                N_("How many days each category has, and how long it is kept"),
                (Action.MANAGE_WORDS,),
            ),
            Entry(
                "/office/closures",
                "calendar",
                N_("Working days and closures"),
                N_("Days on which a centre does not work"),
                (Action.MANAGE_CLOSURES,),
            ),
        ),
    ),
    (
        N_("Rotation"),
        (
            Entry(
                "/rotation/demand",
                "chart",
                N_("Calls and people needed"),
                N_("How many people each half hour of a week needs"),
                (Action.WATCH_BOARD,),
            ),
            Entry(
                "/rotation/now",
                "users",
                N_("Who is on now"),
                N_("Whose duty it is at this moment, and who is missing"),
                (Action.SEE_ROTA,),
                opens=False,
            ),
            Entry(
                "/rotation/shifts",
                "clock",
                N_("Shifts and people needed"),
                N_("Which shifts there are, and how many people each wants"),
                (Action.PLAN_ROTA,),
            ),
            Entry(
                "/rotation/staff",
                "users",
                N_("Working terms"),
                N_("By what law and how much each person works"),
                (Action.PLAN_ROTA,),
            ),
            Entry(
                "/rotation/leave",
                "calendar",
                N_("Leave and other duties"),
                N_("What waits for a decision, who is away, wishes"),
                (Action.PLAN_ROTA,),
            ),
            Entry(
                "/rotation/courses",
                "list",
                N_("Courses"),
                N_("What must be learned for each channel, and how long a certificate holds"),
                (Action.MANAGE_WORDS,),
            ),
            Entry(
                "/rotation/rules",
                "list",
                N_("Work rules and holidays"),
                N_("By staff class, each with its source"),
                (Action.MANAGE_WORDS,),
            ),
            Entry(
                "/rotation/nights",
                "clock",
                N_("Sharing of nights"),
                N_("Which province of the region answers calls at night"),
                (Action.AGREE_NIGHT_SHARING,),
            ),
            Entry(
                "/rotation/calendar",
                "calendar",
                N_("Rota calendar"),
                N_("Who has which duty, by month and by week"),
                (Action.SEE_ROTA,),
                opens=False,
            ),
            Entry(
                "/rotation/cover",
                "warning",
                N_("Gaps of the next 14 days"),
                N_("Where people are missing, who is told, and who can stand in"),
                (Action.SEE_ROTA,),
                opens=False,
            ),
            Entry(
                "/rotation/channels",
                "inbox",
                N_("Officers of channels"),
                N_("Who answers for each channel, and for which nobody does"),
                (Action.SEE_ROTA,),
                opens=False,
            ),
            Entry(
                "/rotation/swaps",
                "transfer",
                N_("Swaps of duties"),
                N_("Offer a duty, take one, and approve what two colleagues agreed on"),
                (Action.SEE_ROTA,),
                opens=False,
            ),
            Entry(
                "/rotation/mine",
                "user",
                N_("My duties"),
                N_("What comes next, and a link for your own calendar"),
                (Action.SEE_ROTA,),
                opens=False,
            ),
            Entry(
                "/rotation/ledger",
                "chart",
                N_("Turns of the past six months"),
                N_("Who had how many nights, weekends, holidays and hours"),
                (Action.SEE_ROTA,),
                opens=False,
            ),
            Entry(
                "/rotation/plans",
                "search",
                N_("Plan a rota"),
                N_("Search for one, look at the draft, publish and lock it"),
                (Action.PLAN_ROTA,),
            ),
            Entry(
                "/rotation/training",
                "check-circle",
                N_("Training and certificates"),
                N_("Who may take calls until when, courses, results and practice"),
                (Action.KEEP_TRAINING,),
            ),
        ),
    ),
    (
        N_("Trust and privacy"),
        (
            Entry(
                "/office/privacy",
                "shield",
                N_("Requests about personal data"),
                N_("Access, correction, erasure, breaches, with their clocks"),
                (Action.HANDLE_PRIVACY,),
            ),
            Entry(
                "/office/retention",
                "trash",
                N_("Erasure that waits for approval"),
                N_("Cases and calls whose time is over"),
                (Action.APPROVE_ERASURE, Action.HANDLE_PRIVACY),
            ),
            Entry(
                "/office/holds",
                "lock",
                N_("Legal holds"),
                N_("Cases of which nothing may be erased"),
                (Action.HANDLE_PRIVACY,),
            ),
            Entry(
                "/office/processing",
                "note",
                N_("Record of processing"),
                N_("What data is kept, why and for how long; to be printed"),
                (Action.HANDLE_PRIVACY,),
            ),
            Entry(
                "/office/audit",
                "history",
                N_("Audit trail"),
                N_("Who did what and when, and whether it is whole"),
                (Action.SEE_AUDIT,),
            ),
        ),
    ),
    (
        N_("People and systems"),
        (
            Entry(
                "/office/people",
                "users",
                N_("Staff"),
                N_("Who works with the system, and in which role"),
                (Action.MANAGE_PEOPLE,),
            ),
            Entry(
                "/office/imports",
                "upload",
                N_("Import of cases"),
                N_("A spreadsheet, checked row by row before anything is saved"),
                (Action.IMPORT_CASES,),
            ),
            Entry(
                "/office/webhooks",
                "link",
                N_("Programs that are told of news"),
                N_("Webhooks: who is told, and whether it arrives"),
                (Action.MANAGE_WEBHOOKS,),
            ),
        ),
    ),
)


def groups_for(actor: Actor) -> list[tuple[str, list[Entry]]]:
    """The groups that hold something for `actor`."""
    found = [
        (name, [entry for entry in entries if any(may(actor, action) for action in entry.actions)])
        for name, entries in GROUPS
    ]
    if not any(entry.opens for _, entries in found for entry in entries):
        return []
    return [(name, entries) for name, entries in found if entries]


def opens_office(actor: Actor) -> bool:
    return bool(groups_for(actor))
