"""The live board: queues and people now, and the day so far."""

from dataclasses import dataclass

from fastapi import APIRouter
from fastapi.responses import Response

from agent_console.dependencies import ConsoleDep, Reader
from agent_console.frame import Frame
from case_store.calls.board import AgentFigures, QueueFigures, agent_figures, queue_figures
from case_store.clock import now
from case_store.people.permissions import Action, may
from case_store.rotation.rota.cover_alerts import count_open_alerts

router = APIRouter(include_in_schema=False)
LONG_WAIT_SECONDS = 45
"""A tile warns from here on; from twice this it alarms."""


@dataclass(frozen=True)
class Board:
    """Everything on the board; the sums are over what the reader may watch."""

    queues: list[QueueFigures]
    agents: list[AgentFigures]
    target_seconds: int

    def total(self, name: str) -> int:
        return sum(getattr(queue, name) for queue in self.queues)

    @property
    def longest_wait(self) -> int:
        return max((queue.longest_wait for queue in self.queues), default=0)

    @property
    def service_level(self) -> int | None:
        """Per cent of all queues, each weighing as much as its calls."""
        counted = [(q.service_level, q.answered + q.abandoned) for q in self.queues]
        calls = sum(weight for level, weight in counted if level is not None)
        if not calls:
            return None
        return round(sum(100 * (level or 0) * weight for level, weight in counted) / calls)

    def agents_who_are(self, state: str) -> int:
        return sum(agent.state == state for agent in self.agents)


@router.get("/board")
def board_page(frame: Frame, console: ConsoleDep, store: Reader) -> Response:
    actor, at, target = frame.reader.actor, now(), console.settings.service_level_seconds
    queues = queue_figures(store, by=actor, at=at, target_seconds=target)
    board = Board(queues, agent_figures(store, by=actor, at=at), target)
    return frame.page(
        "board/board.html",
        board=board,
        wait_level=wait_level,
        gaps=count_open_alerts(store, by=actor),
        sees_rota=may(actor, Action.SEE_ROTA),
    )


def wait_level(seconds: int) -> str:
    if seconds >= 2 * LONG_WAIT_SECONDS:
        return "bad"
    return "warn" if seconds >= LONG_WAIT_SECONDS else ""
