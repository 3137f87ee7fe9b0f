"""Templates to answers. Everything a template may use is named here."""

from functools import cache
from pathlib import Path
from typing import Any, Final

from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request

from agent_console import formats, i18n, import_labels, labels, office_labels
from agent_console.assets import asset
from agent_console.notice_words import notice_lines, notice_words
from agent_console.office_menu import opens_office
from agent_console.script_texts import script_texts
from case_store.clock import now
from case_store.people.permissions import Action, may

TEMPLATES: Final = Path(__file__).parent / "templates"


@cache
def environment() -> Environment:
    env = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    env.install_gettext_callables(i18n.gettext, i18n.ngettext, newstyle=True)  # type: ignore[attr-defined]
    for function in (
        formats.format_date,
        formats.format_month,
        formats.format_time,
        formats.format_moment,
        formats.duration,
        formats.telephone,
        formats.masked_telephone,
        formats.reference,
        formats.reference_groups,
        formats.place_name,
        formats.queue_name,
        formats.case_place,
        formats.file_size,
        formats.shown_year,
        formats.named,
        labels.level,
        office_labels.audit_action,
        import_labels.import_column,
        office_labels.facts_in_words,
    ):
        env.filters[function.__name__] = function
    env.globals.update(
        asset=asset,
        label=labels.label,
        labels=labels.labels,
        import_fault=import_labels.import_fault,
        language=i18n.language,
        languages=i18n.LANGUAGES,
        seconds_between=formats.seconds_between,
        due_words=formats.due_words,
        notice_words=notice_words,
        notice_lines=notice_lines,
        now=now,
        may=may,
        opens_office=opens_office,
        Action=Action,
        script_texts=script_texts,
    )
    return env


def render(
    request: Request,
    template: str,
    *,
    status: int = 200,
    headers: dict[str, str] | None = None,
    **context: Any,
) -> HTMLResponse:
    """A template as an answer. `reader` is whoever is signed in, None on pages for everybody."""
    state = request.scope.get("state", {})
    values = {
        "reader": state.get("reader"),
        "path": request.url.path,
        "is_fragment": "HX-Request" in request.headers,
        **context,
    }
    return HTMLResponse(
        environment().get_template(template).render(values), status, headers=headers
    )
