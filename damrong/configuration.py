"""Reads the settings, and turns what pydantic says about wrong ones into a sentence."""

import os
from difflib import get_close_matches

from pydantic import ValidationError

from case_store.settings import Settings, get_settings
from damrong.lifeline import FAMILY
from damrong.provision.errors import SetupError

_PREFIX = "DAMRONG_"


def load_settings() -> Settings:
    """The settings of this process; wrong ones stop the program with one sentence."""
    try:
        return get_settings()
    except ValidationError as error:
        raise SetupError("; ".join(_sentences(error))) from None


def _sentences(error: ValidationError) -> list[str]:
    return [
        _sentence(str(item["loc"][0]) if item["loc"] else "", item["msg"])
        for item in error.errors()
    ]


def _sentence(field: str, message: str) -> str:
    reason = message.removeprefix("Value error, ")
    if not field:
        return f"The settings do not fit together ({reason}): mend them in the environment or .env."
    name = f"DAMRONG_{field.upper()}"
    return f"The setting {name} is wrong ({reason}): mend it in the environment or .env."


def misspelt_settings() -> list[str]:
    """Variables of the environment that look like ours and set nothing, as sentences."""
    known = [FAMILY, *(f"{_PREFIX}{field.upper()}" for field in Settings.model_fields)]
    unknown = sorted(name for name in os.environ if name.startswith(_PREFIX) and name not in known)
    return [_not_a_setting(name, get_close_matches(name, known, n=1)) for name in unknown]


def _not_a_setting(name: str, meant: list[str]) -> str:
    hint = f" Is {meant[0]} meant?" if meant else ""
    return f"{name} is no setting and changes nothing.{hint}"
