"""A browser that is gone frees its caller; one that only blinked keeps its call."""

from collections.abc import Callable

import pytest

from ivr.pbx.ami import Ami
from ivr.pbx.dropped_telephones import GRACE_SECONDS, DroppedTelephones
from tests.ivr.pbx.manager_peer import Action, ManagerPeer

Connect = Callable[..., tuple[ManagerPeer, Ami]]

CHANNELS = (
    "Response: Success\nEventList: start\n\n"
    "Event: CoreShowChannel\nChannel: PJSIP/ag0007-00000002\n\n"
    "Event: CoreShowChannel\nChannel: PJSIP/ag0070-00000003\n\n"
    "Event: CoreShowChannel\nChannel: PJSIP/trunk-00000001\n\n"
    "Event: CoreShowChannelsComplete\nEventList: Complete"
)


class Watch:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def watch() -> Watch:
    return Watch()


def answers(action: Action) -> str:
    return CHANNELS if action["Action"] == "CoreShowChannels" else "Response: Success"


def contact(status: str, browser: str, port: int = 1, extension: str = "ag0007") -> dict[str, str]:
    uri = f"sip:{browser}@10.0.0.1:{port};transport=ws"
    return {"Event": "ContactStatus", "AOR": extension, "ContactStatus": status, "URI": uri}


def hung_up(peer: ManagerPeer) -> list[str]:
    return [action["Channel"] for action in peer.named("Hangup")]


def test_a_browser_that_stays_away_loses_its_leg_and_nobody_else_does(
    connect: Connect, watch: Watch
) -> None:
    peer, ami = connect(answers)
    telephones = DroppedTelephones(ami, watch)
    telephones.hear(contact("Created", "one"))
    telephones.hear(contact("Removed", "one"))

    telephones.end_due()
    assert hung_up(peer) == []

    watch.seconds = GRACE_SECONDS
    telephones.end_due()
    assert hung_up(peer) == ["PJSIP/ag0007-00000002"]


def test_the_same_page_on_a_new_connection_keeps_its_call(connect: Connect, watch: Watch) -> None:
    peer, ami = connect(answers)
    telephones = DroppedTelephones(ami, watch)
    telephones.hear(contact("Created", "one", port=1))
    telephones.hear(contact("Removed", "one", port=1))
    telephones.hear(contact("Created", "one", port=2))

    watch.seconds = 60
    telephones.end_due()

    assert hung_up(peer) == []


def test_it_does_not_matter_which_of_the_two_is_heard_first(connect: Connect, watch: Watch) -> None:
    peer, ami = connect(answers)
    telephones = DroppedTelephones(ami, watch)
    telephones.hear(contact("Created", "one", port=1))
    telephones.hear(contact("Created", "one", port=2))
    telephones.hear(contact("Removed", "one", port=1))

    watch.seconds = 60
    telephones.end_due()

    assert hung_up(peer) == []


@pytest.mark.parametrize("order", [("Removed", "Created"), ("Created", "Removed")])
def test_a_refreshed_page_frees_the_caller_at_once(
    connect: Connect, watch: Watch, order: tuple[str, str]
) -> None:
    peer, ami = connect(answers)
    telephones = DroppedTelephones(ami, watch)
    telephones.hear(contact("Created", "old"))
    for status in order:
        telephones.hear(contact(status, "old" if status == "Removed" else "new"))

    telephones.end_due()

    assert hung_up(peer) == ["PJSIP/ag0007-00000002"]


def test_who_is_signed_out_in_mid_call_may_finish(connect: Connect, watch: Watch) -> None:
    peer, ami = connect(answers)
    telephones = DroppedTelephones(ami, watch)
    telephones.hear(contact("Created", "one"))
    telephones.hear(contact("Removed", "one"))
    telephones.forgive("ag0007")

    watch.seconds = 60
    telephones.end_due()

    assert hung_up(peer) == []


def test_who_signs_in_again_elsewhere_frees_the_caller_of_the_browser_before(
    connect: Connect, watch: Watch
) -> None:
    peer, ami = connect(answers)
    telephones = DroppedTelephones(ami, watch)
    telephones.hear(contact("Created", "killed"))
    telephones.hear(contact("Removed", "killed"))
    telephones.forgive("ag0007")
    telephones.hear(contact("Created", "opened anew"))

    telephones.end_due()

    assert hung_up(peer) == ["PJSIP/ag0007-00000002"]


def test_other_telephones_are_not_ours_to_end(connect: Connect, watch: Watch) -> None:
    peer, ami = connect(answers)
    telephones = DroppedTelephones(ami, watch)
    telephones.hear(contact("Removed", "one", extension="demo-phone"))

    watch.seconds = 60
    telephones.end_due()

    assert hung_up(peer) == []
