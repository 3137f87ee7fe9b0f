"""The roster engine: from people, rules and need to who works which shift on which day.

`problem` says what is asked, `search.solve` answers; `docs/rotation.md` tells how.
"""
