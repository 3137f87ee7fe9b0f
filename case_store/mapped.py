"""Every mapped class, imported, so that relationships resolve and migrations see the whole schema."""

from case_store.agencies import models as agencies
from case_store.audit import models as audit
from case_store.calls import models as calls
from case_store.cases import models as cases
from case_store.database import Base
from case_store.deadlines import models as deadlines
from case_store.exchange import models as exchange
from case_store.identity import models as identity
from case_store.outbox import models as outbox
from case_store.people import models as people
from case_store.privacy import models as privacy
from case_store.rotation.demand import models as demand
from case_store.rotation.rota import models as rota
from case_store.rotation.training import models as training
from case_store.search import models as search
from case_store.storage import models as storage
from case_store.tracking import models as tracking

metadata = Base.metadata

__all__ = [
    "agencies",
    "audit",
    "calls",
    "cases",
    "deadlines",
    "demand",
    "exchange",
    "identity",
    "metadata",
    "outbox",
    "people",
    "privacy",
    "rota",
    "search",
    "storage",
    "tracking",
    "training",
]
