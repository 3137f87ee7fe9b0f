"""The sentence of one notice, with its numbers, days and names in the reader's language."""

from datetime import date, datetime

from agent_console.channel_availability import why_words
from agent_console.formats import format_date, format_moment, place_name
from agent_console.i18n import gettext, language
from agent_console.notice_labels import NOTICE_LABELS
from case_store.outbox.models import Notice


class _Numbers(dict[str, object]):
    """What a notice counts; what an older notice did not count is not known."""

    def __missing__(self, _name: str) -> str:
        return "–"


def notice_words(notice: Notice) -> str:
    """The sentence of a notice; its kind, when it is new to this version."""
    words = NOTICE_LABELS["notice"].get(notice.kind)
    if words is None:
        return notice.kind
    data = _Numbers(notice.data or {})
    for name in ("agency", "course", "channels"):
        data[name] = data[f"{name}_{language()}"]
    if "stand_ins" in data:
        data["stand_ins"] = ", ".join(map(str, notice.data["stand_ins"]))
    if "day" in data:
        data["day"] = format_date(date.fromisoformat(str(data["day"])))
        data["shift"] = data.get(f"shift_{language()}") or gettext("off duty")
    if "until" in data:
        until = data["until"]
        data["until"] = (
            format_date(date.fromisoformat(str(until))) if until else gettext("another order")
        )
    if notice.kind in ("channel_down", "channel_up"):
        data["why"] = why_words(str(data["why"]))
        data["since"] = format_moment(datetime.fromisoformat(str(data["since"])))
    if "centre" in data:
        data["centre"] = place_name(str(data["centre"]))
    return gettext(words) % data


def notice_lines(notice: Notice) -> list[str]:
    """What a notice lists beneath its sentence: each day that changed, from what to what."""
    found = []
    for one in (notice.data or {}).get("changes") or []:
        before, after = (one.get(f"{side}_{language()}") for side in ("before", "after"))
        found.append(
            gettext("%(day)s, from %(before)s to %(after)s")
            % {
                "day": format_date(date.fromisoformat(one["day"])),
                "before": before or gettext("off duty"),
                "after": after or gettext("off duty"),
            }
        )
    return found
