"""What an agent does with a call: hold, mute, transfer, and what happens when the page goes away in the middle."""

from collections.abc import Callable

import httpx
from playwright.sync_api import expect

from tests.browser.desk import Desk
from tests.browser.handset import Handset, loudest

SILENCE = 3
"""Comfort noise may be a little above nothing."""


def _talk(desk: Desk, handset: Handset, mobile: str) -> None:
    handset.call_province(mobile, "50200")
    desk.answer()
    handset.expect_to_hear()


def test_on_hold_the_caller_hears_music_and_mute_means_silence(
    desks: Callable[[str], Desk], handset: Handset, mobile: str
) -> None:
    desk = desks("kanya")
    _talk(desk, handset, mobile)

    desk.does("mute")
    expect(desk.phone).to_have_attribute("data-muted", "true")
    handset.page.wait_for_function("() => document.querySelector('#demo-phone').dataset.level < 3")
    assert loudest(handset.page, "#demo-phone", seconds=1.5) <= SILENCE
    desk.does("mute")
    handset.expect_to_hear()

    desk.does("hold")
    desk.expect_state("held")
    handset.expect_to_hear()
    desk.does("hold")
    desk.expect_state("talking")
    handset.expect_to_hear()
    desk.expect_to_hear()

    desk.hang_up()
    handset.expect_state("ended")


def test_a_caller_is_handed_to_a_colleague_and_on_to_another_province(
    desks: Callable[[str], Desk], handset: Handset, mobile: str, api: httpx.Client
) -> None:
    kanya = desks("kanya")
    _talk(kanya, handset, mobile)
    somchai = desks("somchai")

    kanya.choose_target("สมชาย", "blind-transfer")
    somchai.answer()
    expect(somchai.phone).to_have_attribute("data-kind", "transfer")
    expect(somchai.page.locator("#case-form")).to_be_visible()
    kanya.expect_state("idle")
    somchai.expect_to_hear()
    handset.expect_to_hear()

    malee = desks("malee")
    somchai.choose_target("กรุงเทพ", "blind-transfer")
    malee.answer()
    expect(malee.page.locator("#case-form")).to_be_visible()
    malee.expect_to_hear()
    handset.expect_to_hear()

    malee.hang_up()
    handset.expect_state("ended")
    malee.expect_duty("wrap_up")
    call = api.get("/calls").json()["items"][0]
    assert (call["outcome"], call["queue"], call["agent"]) == ("answered", "p10", "malee")


def test_a_colleague_is_asked_before_the_caller_is_handed_over(
    desks: Callable[[str], Desk], handset: Handset, mobile: str
) -> None:
    kanya = desks("kanya")
    _talk(kanya, handset, mobile)
    somchai = desks("somchai")

    kanya.choose_target("สมชาย", "consult")
    somchai.answer()
    expect(kanya.phone).to_have_attribute("data-consult", "talking")
    expect(somchai.page.locator("#case-form")).to_be_visible()
    somchai.expect_to_hear()

    kanya.does("complete-transfer")
    kanya.expect_state("idle")
    somchai.expect_to_hear()
    handset.expect_to_hear()
    handset.hang_up()
    somchai.expect_state("ended")


def test_a_colleague_who_was_asked_may_decline_and_the_caller_is_still_there(
    desks: Callable[[str], Desk], handset: Handset, mobile: str
) -> None:
    kanya = desks("kanya")
    _talk(kanya, handset, mobile)
    somchai = desks("somchai")

    kanya.choose_target("สมชาย", "consult")
    somchai.expect_state("ringing")
    somchai.hang_up()
    expect(kanya.phone).to_have_attribute("data-consult", "none")
    kanya.expect_state("talking")
    kanya.expect_to_hear()
    handset.expect_to_hear()
    handset.hang_up()


def test_a_refresh_in_mid_call_warns_and_then_the_caller_rings_again(
    desks: Callable[[str], Desk], handset: Handset, mobile: str
) -> None:
    desk = desks("kanya")
    _talk(desk, handset, mobile)

    with desk.page.expect_event("dialog") as warning:
        desk.page.evaluate("() => void setTimeout(() => location.reload())")
    assert warning.value.type == "beforeunload"
    warning.value.dismiss()
    desk.expect_state("talking")
    handset.expect_to_hear()

    desk.page.once("dialog", lambda dialog: dialog.accept())
    desk.page.reload()
    desk.expect_registered()
    desk.answer()
    expect(desk.page.locator("#case-form")).to_be_visible()
    desk.expect_to_hear()
    handset.expect_to_hear()

    desk.hang_up()
    handset.expect_state("ended")
