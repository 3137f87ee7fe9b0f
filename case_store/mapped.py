"""Every mapped class, imported, so that relationships resolve and migrations see the whole schema."""

from case_store.calls import models as calls
from case_store.cases import models as cases
from case_store.database import Base
from case_store.people import models as people

metadata = Base.metadata

__all__ = ["calls", "cases", "metadata", "people"]
