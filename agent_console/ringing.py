"""Whether a call rang at somebody's telephone: only then may they open it on their desk.

Asterisk's names of calls can be guessed. So the dialplan (`agent-leg`) gives each telephone that it rings a key of the
call as well, which only it and the console can make.
"""

import hashlib
from secrets import compare_digest
from typing import Annotated

from fastapi import Depends, Path, Query

from agent_console.dependencies import ConsoleDep
from agent_console.workspace import PBX_ID

SECRET = "calls"  # noqa: S105 (the name of a file)
PbxId = Annotated[str, Path(pattern=f"^{PBX_ID.pattern}$")]
Key = Annotated[str, Query(pattern="^[0-9a-f]{0,40}$")]


def key_of(secret: str, pbx_id: str) -> str:
    """What `${SHA1(…)}` makes in the dialplan."""
    return hashlib.sha1(f"{secret}{pbx_id}".encode(), usedforsecurity=False).hexdigest()


def right_key(pbx_id: PbxId, console: ConsoleDep, key: Key = "") -> str:
    """The key of the call that the request names; empty when it shows none, or a wrong one."""
    if key and compare_digest(key, key_of(console.settings.secret(SECRET), pbx_id)):
        return key
    return ""


RightKey = Annotated[str, Depends(right_key)]
