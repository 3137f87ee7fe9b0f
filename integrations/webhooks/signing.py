"""How a message proves that it is ours, by the convention of standardwebhooks.com, for which many libraries exist.

The secret is `whsec_` and the base64 of the key. Each message has three headers:

    webhook-id         the key of the message: the same each time that it is tried
    webhook-timestamp  seconds since 1970 of this try
    webhook-signature  v1,<base64 of HMAC-SHA256 over "<id>.<timestamp>.<body>">

The receiver reckons the signature over the body as it came, compares without haste, refuses a timestamp more than
five minutes off, and does nothing for an id that it has seen.
"""

import base64
import hashlib
import hmac
from datetime import datetime
from typing import Final

PREFIX: Final = "whsec_"


def signed_headers(secret: str, message_id: str, body: bytes, *, at: datetime) -> dict[str, str]:
    """The headers that go with a message. Raises `ValueError` for what is no secret."""
    timestamp = str(int(at.timestamp()))
    key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    signed = b".".join((message_id.encode(), timestamp.encode(), body))
    digest = hmac.new(key, signed, hashlib.sha256).digest()
    return {
        "webhook-id": message_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": f"v1,{base64.b64encode(digest).decode()}",
    }
