"""Callers in every phase of a call at the same moment."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

from tests.telephony.caller import Caller
from tests.telephony.line import eventually
from tests.telephony.staff import Agent, new_agent
from tests.telephony.telephone import Leg
from tests.telephony.whole_system import WholeSystem

_OFFER: Final = ("all-busy", "callback-or-message")


@dataclass
class Phases:
    """Who is where. Centres: 50 talks, 51 rings and has one who waits, 00 comes when the message takers are settled."""

    system: WholeSystem
    callers: dict[str, Caller] = field(default_factory=dict)
    agents: dict[str, Agent] = field(default_factory=dict)
    legs: dict[str, Leg] = field(default_factory=dict)

    def call(self, phase: str) -> str:
        return self.system.call_of(self.callers[phase])

    def doing(self, phase: str) -> str:
        return self.system.doing(self.call(phase))

    def ended(self) -> list[str]:
        """The phases whose callers were cut off."""
        return [phase for phase, caller in self.callers.items() if not caller.is_connected]

    def expected_members(self) -> dict[str, str]:
        return {agent.extension: f"p{centre}" for centre, agent in self.agents.items()}

    def members_are_right(self) -> bool:
        members = {name: queue.removesuffix(":paused") for name, queue in _members(self).items()}
        return members == self.expected_members()

    def everybody_hangs_up(self) -> None:
        for caller in self.callers.values():
            caller.hang_up()

    def is_written_down(self) -> bool:
        """Every call that entered has exactly one row, and the row says how it ended."""
        rows = self.system.rows()
        return set(rows) == set(self.system.started_calls()) and all(
            len(found) == 1 and found[0].ended_at is not None and not found[0].is_live
            for found in rows.values()
        )


def _members(phases: Phases) -> dict[str, str]:
    try:
        return phases.system.members()
    except AssertionError:  # the manager is away
        return {}


@contextmanager
def every_phase(system: WholeSystem) -> Iterator[Phases]:
    """Greeting, keying, waiting, ringing, talking, offered a call-back, recording a message."""
    phases = Phases(system)
    try:
        _fill(phases)
        yield phases
    finally:
        for caller in phases.callers.values():
            caller.close()
        for agent in phases.agents.values():
            agent.signs_out()
            agent.phone.close()
        eventually(lambda: not _members(phases) and system.channels() == 0, seconds=8)


def _fill(phases: Phases) -> None:
    system, callers, agents = phases.system, phases.callers, phases.agents
    with ThreadPoolExecutor() as pool:
        message = pool.submit(_take_message, phases)
        agents.update(pool.map(lambda c: (c, new_agent(system, c)), ("50", "51", "53")))
        assert eventually(phases.members_are_right), system.members()
        talker, ringer = pool.map(system.caller_for, ("50200", "51000"))
        callers |= {"talking": talker, "ringing": ringer}
        talking, ringing = agents["50"].phone.rings(), agents["51"].phone.rings()
        assert talking and ringing, system.asterisk_log()
        talking.answer()
        phases.legs |= {"talking": talking, "ringing": ringing}
        waiting = pool.submit(system.caller_for, "51000")
        message.result()
        agents["00"] = new_agent(system, "00")
        callers["waiting"] = waiting.result()
    assert system.comes_to(callers["waiting"], "Queue p51")
    assert eventually(phases.members_are_right), system.members()
    callers["greeting"], callers["keying"] = system.new_caller(), system.new_caller()
    assert system.comes_to(callers["keying"], "greeting")
    callers["keying"].press("5")


def _take_message(phases: Phases) -> None:
    """Two callers whom nobody answers, as nobody is at the national centre yet; one of them speaks already."""
    system, callers = phases.system, phases.callers
    callers["recording"], callers["offered"] = (system.caller_for_nobody() for _ in range(2))
    speaker = callers["recording"]
    file = system.settings.recordings / f"{phases.call('recording')}.wav"
    assert system.comes_to(callers["offered"], *_OFFER), phases.doing("offered")
    assert system.comes_to(speaker, *_OFFER), phases.doing("recording")
    speaker.press("2")
    assert system.comes_to(speaker, "leave-message"), phases.doing("recording")
    speaker.press("1")
    speaker.speaks = True
    assert eventually(lambda: file.is_file() and file.stat().st_size > 20_000), phases.doing(
        "recording"
    )
