"""A citizen dials, an officer answers, a case is written down: the whole way, in two windows."""

from collections.abc import Callable
from statistics import median

import httpx
from playwright.sync_api import expect

from tests.browser.desk import Desk
from tests.browser.handset import Handset

POP_MILLISECONDS = 500


def test_a_call_from_dialling_to_the_next_readiness(
    desks: Callable[[str], Desk], handset: Handset, mobile: str, api: httpx.Client
) -> None:
    desk = desks("kanya")
    _calls_and_listens(handset, mobile)

    desk.expect_state("ringing")
    expect(desk.page.locator(".caller-number")).to_have_text(_spoken(mobile))
    desk.answer()
    _both_hear_each_other(desk, handset)

    desk.write_case("ถนนชำรุดหน้าวัด", place="50200")
    expect(desk.page.locator("#f-postcode")).to_have_value("50200")
    ref = desk.save_case()
    _case_is_in_the_store(api, ref)

    handset.hang_up()
    _wraps_up(desk)
    _call_is_in_the_ledger(api, ref)


def test_the_caller_is_on_the_screen_within_half_a_second_of_the_ring(
    desks: Callable[[str], Desk], handset: Handset, mobile: str
) -> None:
    desk = desks("kanya")
    times = []
    for digit in "689":
        handset.call_province(f"0{digit}{mobile[2:]}", "50200")
        desk.expect_state("ringing")
        times.append(desk.milliseconds_to_pop)
        handset.hang_up()
        desk.expect_state("idle")
    assert median(times) < POP_MILLISECONDS, times


def _calls_and_listens(handset: Handset, mobile: str) -> None:
    handset.call(mobile)
    handset.expect_to_hear()
    handset.expect_to_send()
    handset.keys("50200")
    handset.keys("1")


def _both_hear_each_other(desk: Desk, handset: Handset) -> None:
    for end in (desk, handset):
        end.expect_to_hear()
        end.expect_to_send()


def _case_is_in_the_store(api: httpx.Client, ref: str) -> None:
    case = api.get(f"/cases/{ref}").json()
    assert case["ref"] == ref
    assert case["subject"] == "ถนนชำรุดหน้าวัด"
    assert case["postcode"] == "50200"
    assert case["province_code"] == "50"
    assert len(case["call_ids"]) == 1


def _wraps_up(desk: Desk) -> None:
    desk.expect_duty("wrap_up")
    expect(desk.duty.locator("[data-countdown]")).to_have_text("0:01")
    desk.expect_duty("ready")


def _call_is_in_the_ledger(api: httpx.Client, ref: str) -> None:
    call = api.get("/calls").json()["items"][0]
    assert call["case_refs"] == [ref]
    assert (call["outcome"], call["queue"]) == ("answered", "p50")
    assert (call["province_code"], call["province_source"]) == ("50", "postcode")
    assert call["agent"] == "kanya"


def _spoken(mobile: str) -> str:
    return f"{mobile[:3]} {mobile[3:6]} {mobile[6:]}"
