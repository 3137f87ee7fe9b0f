"""What AGI() starts for each call: the tiny conversation with pyst2, as most scripts in Python do it."""

from asterisk.agi import AGI

agi = AGI()
agi.get_variable("LANGUAGE")
agi.set_variable("DAMRONG_QUEUE", "p50")
agi.verbose("on the way")
agi.get_variable("LANGUAGE")
agi.set_variable("DAMRONG_NEXT", "end")
