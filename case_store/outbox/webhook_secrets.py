"""The secrets by which webhooks' messages are signed: sealed like identities, since we must use them ourselves."""

import base64
import secrets
from typing import Final

from sqlalchemy.orm import Session

from case_store.identity.keyring import Sealed, keyring_of
from case_store.outbox.models import Webhook

PREFIX: Final = "whsec_"
"""How such secrets begin by the convention of standardwebhooks.com; the rest is base64 of the key."""
_BYTES: Final = 32


def new_secret(session: Session, webhook: Webhook) -> str:
    """Gives a webhook a new secret and returns it, to be shown once."""
    secret = PREFIX + base64.b64encode(secrets.token_bytes(_BYTES)).decode()
    _seal(session, webhook, secret)
    return secret


def secret_of(session: Session, webhook: Webhook) -> str:
    """The secret of a webhook. Raises `CannotUnseal`."""
    sealed = Sealed(webhook.key_id, webhook.sealed_secret)
    return keyring_of(session).unseal(sealed, bound_to=webhook.place).decode()


def _seal(session: Session, webhook: Webhook, secret: str) -> None:
    sealed = keyring_of(session).seal(secret.encode(), bound_to=webhook.place)
    webhook.key_id, webhook.sealed_secret = sealed.key_id, sealed.data
