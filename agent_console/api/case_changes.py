"""The facts of a case that can be corrected; what they may hold is the domain's to say."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field

from agent_console.api.texts import Body, TextOrNothing
from case_store.cases.models import Secrecy, Urgency
from case_store.identity.models import Anonymity


class CaseChanges(Body):
    """Only what is sent is changed; a place's code that is null is cleared."""

    channel: str = ""
    service_type: str = ""
    nature: str = ""
    category: str = ""
    urgency: Urgency = Urgency.NORMAL
    secrecy: Secrecy = Secrecy.NORMAL
    anonymity: Anonymity = Anonymity.NAMED
    subject: str = ""
    description: Annotated[str, Field(max_length=20_000)] = ""
    respondent: str = ""
    province_code: str = ""
    district_code: str | None = None
    subdistrict_code: str | None = None
    postcode: str | None = None
    place_note: str = ""
    latitude: float | None = None
    longitude: float | None = None
    reason: Annotated[
        TextOrNothing, Field(description="Needed when more people may know who complains.")
    ] = ""

    @property
    def sent(self) -> Mapping[str, object]:
        return {name: getattr(self, name) for name in self.model_fields_set - {"reason"}}
