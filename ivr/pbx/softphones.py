"""Keeps the agents' telephones in Asterisk's database equal to the credentials of the signed-in.

Each is an endpoint, an auth and an aor as asterisk-config/agent-telephone.conf describes them, and the
queue of the agent's centre. Asterisk reads them anew at every request: nothing is ever reloaded.
"""

import json
import logging
import time
from collections.abc import Mapping
from configparser import ConfigParser
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ivr.pbx.ami import Ami, Refused

FAMILY: Final = "damrong"
KINDS: Final = ("auth", "aor", "centre", "endpoint")
"""In the order of writing: the endpoint comes last and goes first, as it is what makes the others count."""
CONTACTS: Final = "registrar/contact"

Objects = dict[tuple[str, str], str]
"""(kind, extension) → what Asterisk's database holds for it."""

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Softphone:
    """A telephone that may register: its SIP digest and the queue of its person's centre."""

    extension: str
    ha1: str
    queue: str


class TelephoneKind:
    """What every agent's telephone has in common."""

    def __init__(self, path: Path) -> None:
        parser = ConfigParser(interpolation=None, comment_prefixes=(";",))
        parser.read_string(path.read_text())
        self._options = {kind: dict(parser[kind]) for kind in ("endpoint", "auth", "aor")}

    def objects(self, phone: Softphone) -> Objects:
        name = phone.extension
        own = {
            "endpoint": {"auth": name, "aors": name, "callerid": f'"{name}" <{name}>'},
            "auth": {"username": name, "md5_cred": phone.ha1},
            "aor": {},
        }
        found = {(kind, name): json.dumps(self._options[kind] | own[kind]) for kind in own}
        return found | {("centre", name): phone.queue}


@dataclass(frozen=True)
class Repairs:
    """How much there was to do, and which telephones were taken off."""

    count: int
    removed: frozenset[str]


def reconcile_softphones(
    ami: Ami, kind: TelephoneKind, desired: Mapping[str, Softphone]
) -> Repairs:
    """Writes and removes until Asterisk's database holds what is desired. Raises `AmiError`."""
    wanted: Objects = {}
    for phone in desired.values():
        wanted |= kind.objects(phone)
    present = _read(ami)
    gone = sorted(present.keys() - wanted.keys(), key=_removing_order)
    for key in gone:
        _delete(ami, *key)
    changed = sorted((k for k in wanted if present.get(k) != wanted[k]), key=_writing_order)
    for which, name in changed:
        ami.act("DBPut", Family=f"{FAMILY}/{which}", Key=name, Val=wanted[which, name])
    removed = frozenset(name for which, name in gone if which == "endpoint")
    _expire_contacts(ami, removed)
    return Repairs(len(gone) + len(changed), removed)


def _read(ami: Ami) -> Objects:
    found: Objects = {}
    for message in ami.ask_list("DBGetTree", Family=FAMILY):
        parts = message.get("Key", "").strip("/").split("/")
        if len(parts) == 3:
            found[parts[1], parts[2]] = message.get("Val", "")
    return found


def _delete(ami: Ami, which: str, name: str) -> None:
    try:
        ami.act("DBDel", Family=f"{FAMILY}/{which}", Key=name)
    except Refused as error:
        log.info("a telephone was gone already: %s", error)


def _expire_contacts(ami: Ami, extensions: frozenset[str]) -> None:
    """Dates registrations back, so that Asterisk itself ends them and tells its queues."""
    if not extensions:
        return
    for message in ami.ask_list("DBGetTree", Family=CONTACTS):
        key = message.get("Key", "").removeprefix(f"/{CONTACTS}/")
        if key.partition(";@")[0] in extensions:
            contact = json.loads(message["Val"]) | {"expiration_time": str(int(time.time()) - 1)}
            ami.act("DBPut", Family=CONTACTS, Key=key, Val=json.dumps(contact))


def _writing_order(key: tuple[str, str]) -> int:
    return KINDS.index(key[0])


def _removing_order(key: tuple[str, str]) -> int:
    return -KINDS.index(key[0]) if key[0] in KINDS else 1
