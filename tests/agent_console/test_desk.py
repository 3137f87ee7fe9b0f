"""The agent's desk: duty, the screen pop, and the telephone."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from agent_console.ringing import key_of
from case_store.calls.callbacks import find_callback, request_callback
from case_store.calls.models import Call, CallbackKind
from case_store.calls.record_call import find_call, record_agent_done, record_answered, record_ended
from case_store.clock import frozen, now
from case_store.database import Database
from case_store.people.models import PresenceState, Role, User
from case_store.people.presence import live_softphones
from case_store.settings import Settings
from tests.agent_console.kit import CASE, Visitor, waiting_call
from tests.case_store.kit import NATIONAL

Visit = Callable[..., Visitor]
HTMX = {"HX-Request": "true"}


def presence(database: Database, agent: Visitor) -> tuple[str, str | None]:
    with database.reading() as session:
        found = session.get_one(User, agent.user.id).presence
        assert found
        return str(found.state), found.break_reason


def test_an_agent_is_ready_takes_a_break_and_goes(agent: Visitor, database: Database) -> None:
    agent.post("/duty", {"state": "ready"})
    assert presence(database, agent) == (PresenceState.READY, None)

    agent.post("/duty", {"state": "break", "reason": "meal"})
    assert presence(database, agent) == (PresenceState.BREAK, "meal")

    agent.post("/duty", {"state": "off"})
    assert presence(database, agent) == (PresenceState.OFF, None)


def test_an_unknown_reason_is_another_reason(agent: Visitor, database: Database) -> None:
    agent.post("/duty", {"state": "break", "reason": "<script>"})

    assert presence(database, agent) == (PresenceState.BREAK, "other")


def test_htmx_gets_the_panel_and_a_plain_form_the_page(agent: Visitor) -> None:
    panel = agent.post("/duty", {"state": "ready"}, headers=HTMX)

    assert panel.text.lstrip().startswith("<section")
    assert 'data-duty="ready"' in panel.text
    assert agent.post("/duty", {"state": "off"}).headers["location"] == "/"


def test_after_a_call_the_time_for_notes_runs_can_be_prolonged_and_ended(
    agent: Visitor, database: Database
) -> None:
    agent.post("/duty", {"state": "ready"})
    finished_call(database, agent)

    assert 'data-duty="wrap_up"' in agent.get("/duty").text
    agent.post("/duty/wrap-up/extend")
    with frozen(now() + timedelta(seconds=45)):
        assert 'data-duty="wrap_up"' in agent.get("/duty").text
    agent.post("/duty/wrap-up/end")
    assert 'data-duty="ready"' in agent.get("/duty").text


def test_who_reloads_the_page_during_notes_has_the_caller_again(
    agent: Visitor, database: Database
) -> None:
    agent.post("/duty", {"state": "ready"})
    finished_call(database, agent)

    page = agent.get("/").text

    assert "053 211 234" in page
    assert 'data-draft-key="call-1764.1-1"' in page


def test_who_reloads_the_page_after_saving_has_the_reference_again(
    agent: Visitor, database: Database
) -> None:
    agent.post("/duty", {"state": "ready"})
    finished_call(database, agent)
    agent.post("/cases", CASE | {"draft_key": "call-1764.1-1", "pbx_id": "1764.1"})

    page = agent.get("/").text

    assert "ref-large" in page
    assert 'id="case-form"' not in page
    assert 'data-draft-key="call-1764.1-2"' in agent.get("/calls/by-pbx/1764.1/pop").text


def finished_call(database: Database, agent: Visitor) -> Call:
    call = waiting_call(database)
    with database.transaction() as session:
        call, user = session.merge(call), session.merge(agent.user)
        record_answered(session, call, agent=user, at=now())
        record_agent_done(session, call, agent=user, at=now(), wrap_up=timedelta(seconds=30))
        record_ended(session, call, at=now())
    return call


def test_the_pop_shows_who_calls_and_how_the_province_was_found(
    agent: Visitor, database: Database
) -> None:
    waiting_call(database)

    pop = agent.get("/calls/by-pbx/1764.1/pop").text

    assert "053 211 234" in pop
    assert "เชียงใหม่" in pop
    assert "จากรหัสพื้นที่" in pop
    assert '<option value="50" selected>' in pop
    assert 'value="053 211 234"' in pop


def test_the_pop_shows_earlier_calls_cases_and_wishes_of_the_number(
    agent: Visitor, database: Database
) -> None:
    earlier = waiting_call(database, "1.1")
    agent.post("/cases", CASE | {"draft_key": "a", "complainant_phone": "053211234"})
    with database.transaction() as session:
        request_callback(
            session,
            session.merge(earlier),
            kind=CallbackKind.CALLBACK,
            number="+6653211234",
            at=now(),
        )
    waiting_call(database, "1.2")

    pop = agent.get("/calls/by-pbx/1.2/pop").text

    assert "690 000 015" in pop or "ไฟถนนดับ" in pop
    assert "เคยโทรมาแล้ว 1 ครั้ง" in pop
    assert "มีคำขอให้โทรกลับ 1" in pop


def test_the_pop_comes_before_the_call_is_written_down_and_fills_itself(
    agent: Visitor, database: Database
) -> None:
    before = agent.get("/calls/by-pbx/1764.1/pop").text
    assert "load delay:600ms" in before
    assert 'id="case-form"' in before

    waiting_call(database)

    after = agent.get("/calls/by-pbx/1764.1/caller").text
    assert "053 211 234" in after
    assert 'hx-swap-oob="true"' in after
    assert "load delay" not in after


def test_a_withheld_number_is_an_ordinary_caller(agent: Visitor, database: Database) -> None:
    waiting_call(database, number=None)

    assert "ไม่แสดงหมายเลข" in agent.get("/calls/by-pbx/1764.1/pop").text


def test_a_call_that_rings_at_another_centre_pops_there_while_it_lasts(
    visit: Visit, database: Database, settings: Settings
) -> None:
    waiting_call(database)
    other = visit(Role.AGENT, "10")
    assert other.get("/calls/by-pbx/1764.1/pop?kind=transfer").status_code == 403
    (settings.home / "secrets").mkdir()
    (settings.home / "secrets" / "calls").write_text("s3cret\n")
    key = key_of("s3cret", "1764.1")
    pop = f"/calls/by-pbx/1764.1/pop?kind=transfer&key={key}"
    assert f"/calls/by-pbx/1764.1/caller?kind=transfer&amp;key={key}" in other.get(pop).text
    assert other.get(pop.replace("1764.1", "1764.2")).status_code == 200  # of whom nothing is known
    assert "053 211 234" not in other.get(pop.replace("1764.1", "1764.2")).text
    assert other.get(f"/calls/by-pbx/1764.1/caller?key={'0' * 40}").status_code == 403
    assert other.send("POST", f"/calls/by-pbx/1764.1/finish?key={key}").status_code == 204

    with database.transaction() as session:
        call = find_call(session, "1764.1")
        assert call
        record_ended(session, call, at=now())

    assert other.get(pop).status_code == 403


@pytest.mark.parametrize("pbx_id", ["a b", "a%2Fb", "a" * 151, "%3Cscript%3E"])
def test_only_names_of_calls_are_taken(agent: Visitor, pbx_id: str) -> None:
    assert agent.get(f"/calls/by-pbx/{pbx_id}/pop").status_code in (404, 422)


def test_hanging_up_is_written_down_before_it_happens(agent: Visitor, database: Database) -> None:
    waiting_call(database)

    assert agent.send("POST", "/calls/by-pbx/1764.1/finish").status_code == 204
    assert agent.send("POST", "/calls/by-pbx/unknown/finish").status_code == 204

    with database.reading() as session:
        call = find_call(session, "1764.1")
        assert call
        assert call.finished_at


def test_nobody_ends_the_talk_of_a_colleague(
    agent: Visitor, visit: Visit, database: Database
) -> None:
    waiting_call(database)
    with database.transaction() as session:
        call = find_call(session, "1764.1")
        assert call
        record_answered(session, call, agent=session.get_one(User, agent.user.id), at=now())

    stranger, colleague = visit(Role.AGENT, "41"), visit(Role.AGENT, "50", "somchai")
    assert stranger.send("POST", "/calls/by-pbx/1764.1/finish").status_code == 403
    assert colleague.send("POST", "/calls/by-pbx/1764.1/finish").status_code == 403
    assert agent.send("POST", "/calls/by-pbx/1764.1/finish").status_code == 204


def test_the_form_that_another_call_interrupted_is_linked(agent: Visitor) -> None:
    assert "/?draft=call-1-1" in agent.get("/calls/by-pbx/2/pop?open_draft=call-1-1").text
    assert "draft=" not in agent.get("/calls/by-pbx/2/pop?open_draft=%22%3E").text


def test_the_telephone_gets_a_secret_of_its_own(agent: Visitor, database: Database) -> None:
    host = {"Host": "console.example:8000"}
    answer = agent.send("GET", "/softphone/credentials", headers=host).json()

    assert answer["uri"] == f"sip:{agent.user.extension}@console.example"
    assert answer["ws_url"] == "ws://console.example:8088/ws"
    assert len(answer["secret"]) >= 24
    with database.reading() as session:
        assert agent.user.extension in live_softphones(session, at=now())


def test_a_link_of_another_site_takes_no_telephone_off_the_line(
    agent: Visitor, database: Database
) -> None:
    agent.send("GET", "/softphone/credentials")
    with database.reading() as session:
        before = live_softphones(session, at=now())

    assert agent.get("/softphone/credentials").status_code == 403

    with database.reading() as session:
        assert live_softphones(session, at=now()) == before


def test_a_callback_that_cannot_be_is_refused(agent: Visitor) -> None:
    assert agent.get(f"/?callback={10**30}").status_code == 422


def test_targets_are_colleagues_on_duty_and_every_centre(visit: Visit, agent: Visitor) -> None:
    malee = visit(Role.AGENT, "10", "malee")
    malee.post("/duty", {"state": "ready"})

    targets = agent.get("/softphone/targets?q=malee").json()
    assert [target["target"] for target in targets] == [malee.user.extension]

    centres = agent.get("/softphone/targets?q=กรุงเทพ").json()
    assert {"p10", malee.user.extension} == {target["target"] for target in centres}
    assert agent.get("/softphone/targets?q=nowhere").json() == []


def test_the_queues_beside_every_page_are_the_own_and_the_national_one(
    agent: Visitor, database: Database
) -> None:
    waiting_call(database, "1.1", province="50")
    waiting_call(database, "1.2", province="10")

    panel = agent.get("/queues").text

    assert "เชียงใหม่" in panel
    assert "ส่วนกลาง" in panel
    assert "กรุงเทพ" not in panel


def test_calling_back_opens_the_desk_with_what_is_known(agent: Visitor, database: Database) -> None:
    wish_id = wish(database)

    page = agent.get(f"/?callback={wish_id}").text

    assert "053 211 234" in page
    assert f'data-draft-key="cb-{wish_id}-1"' in page


def test_a_wish_is_settled_with_what_came_of_it(agent: Visitor, database: Database) -> None:
    wish_id = wish(database)
    assert "053 211 234" in agent.get("/callbacks").text

    without = agent.post(f"/callbacks/{wish_id}/settle", {"state": "given_up"})
    assert without.status_code == 422
    assert "กรุณาระบุเหตุผล" in without.text

    agent.post(f"/callbacks/{wish_id}/settle", {"state": "done", "note": "คุยแล้ว"})
    with database.reading() as session:
        found = find_callback(session, wish_id, by=NATIONAL)
        assert found
        assert (found.state, found.note) == ("done", "คุยแล้ว")
    assert "ไม่มีผู้รอให้โทรกลับ" in agent.get("/callbacks").text


def test_a_message_is_played_from_the_recordings_and_from_nowhere_else(
    agent: Visitor, database: Database
) -> None:
    folder = agent.browser.app.state.console.settings.recordings  # type: ignore[attr-defined]
    folder.mkdir()
    (folder / "message.wav").write_bytes(b"RIFF")
    (folder.parent / "secret.wav").write_bytes(b"no")

    good = agent.get(f"/callbacks/{wish(database, 'message.wav')}/recording")
    assert good.content == b"RIFF"
    assert good.headers["cache-control"] == "no-store"
    for number, name in enumerate(["../secret.wav", "/etc/passwd", "gone.wav"]):
        wish_id = wish(database, name, f"2.{number}")
        assert agent.get(f"/callbacks/{wish_id}/recording").status_code == 404


def wish(database: Database, recording: str | None = None, pbx_id: str = "1.1") -> int:
    call = waiting_call(database, pbx_id)
    kind = CallbackKind.MESSAGE if recording else CallbackKind.CALLBACK
    with database.transaction() as session:
        return request_callback(
            session,
            session.merge(call),
            kind=kind,
            number="+6653211234",
            at=now(),
            recording=recording,
        ).id


def test_who_has_no_certificate_can_practise_on_the_demo_line(
    visit: Visit,
    agent: Visitor,
    settings: Settings,
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(settings, "demo", True)
    trainee = visit(Role.AGENT, "50", "mana", is_trained=False)
    assert 'value="practice"' in trainee.get("/duty").text
    assert 'value="practice"' not in agent.get("/duty").text  # has a certificate

    panel = trainee.post("/duty", {"state": "practice"}, headers={"HX-Request": "true"}).text

    assert 'data-duty="practice"' in panel
    assert "กำลังฝึกปฏิบัติ" in panel
    assert presence(database, trainee) == ("practice", None)
    trainee.post("/duty", {"state": "off"})
    assert presence(database, trainee) == ("off", None)


def test_outside_a_demo_there_is_no_practice_line(
    visit: Visit, settings: Settings, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "demo", False)
    trainee = visit(Role.AGENT, "50", "mana", is_trained=False)

    assert 'value="practice"' not in trainee.get("/duty").text
    trainee.post("/duty", {"state": "practice"})
    assert presence(database, trainee) == ("off", None)


def test_a_practice_call_shows_what_to_do_and_no_form(agent: Visitor) -> None:
    page = agent.get("/calls/by-pbx/1764.9/pop?kind=practice").text

    assert "สายฝึกปฏิบัติ" in page
    assert "<form" not in page
