"""`damrong doctor`: looks at an installation piece by piece and says what to mend."""

from damrong.doctor.examination import examine

__all__ = ["examine"]
