"""The agent's desk, as an agent uses it: by keyboard, and by mouse where that is what people do."""

import re
from typing import Final

from playwright.sync_api import Locator, Page, expect

from tests.browser.handset import expect_to_hear, expect_to_send

_MOST_TABS: Final = 60


class Desk:
    """A window with the console in it."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.phone: Locator = page.locator("#softphone")
        self.duty: Locator = page.locator("#duty")
        self.live: Locator = page.locator("#live-state")

    # ── Coming and going ──────────────────────────────────────────────────────────────────────

    def sign_in(self, username: str, password: str, *, path: str = "/") -> "Desk":
        """By keyboard alone: the name's field has the focus when the page opens."""
        self.page.goto(f"/sign-in?next={path}")
        expect(self.page.locator("#username")).to_be_focused()
        self.page.keyboard.type(username)
        self.page.keyboard.press("Tab")
        self.page.keyboard.type(password)
        self.page.keyboard.press("Enter")
        expect(self.page.locator(".topbar")).to_be_visible()
        return self

    def take_calls(self, username: str, password: str) -> "Desk":
        """Signed in, telephone registered, ready."""
        self.sign_in(username, password)
        self.expect_registered()
        self.get_ready()
        return self

    def expect_registered(self) -> None:
        expect(self.phone).to_have_attribute("data-registered", "true")

    def get_ready(self) -> None:
        self.press(self.duty.locator('button[value="ready"]'))
        self.expect_duty("ready")

    def expect_duty(self, state: str, *, seconds: float = 30) -> None:
        expect(self.duty).to_have_attribute("data-duty", state, timeout=seconds * 1000)

    # ── Keys ──────────────────────────────────────────────────────────────────────────────────

    def press(self, button: Locator) -> None:
        """Go to a button with the Tab key, and press it."""
        expect(button).to_be_visible()
        self.page.locator("body").focus()
        self.tab_to(button)
        self.page.keyboard.press("Enter")

    def tab_to(self, element: Locator) -> None:
        """Press the Tab key until it is reached."""
        for _ in range(_MOST_TABS):
            self.page.keyboard.press("Tab")
            if element.evaluate("e => e === document.activeElement"):
                return
        raise AssertionError(f"{element} is out of the Tab key's reach")

    # ── The telephone ─────────────────────────────────────────────────────────────────────────

    def expect_state(self, state: str, *, seconds: float = 30) -> None:
        expect(self.phone).to_have_attribute("data-call-state", state, timeout=seconds * 1000)

    def answer(self) -> None:
        self.expect_state("ringing")
        self.page.keyboard.press("Alt+a")
        self.expect_state("talking")

    def hang_up(self) -> None:
        self.page.keyboard.press("Alt+x")
        self.expect_state("ended")

    def does(self, action: str) -> None:
        self.phone.locator(f'[data-phone-action="{action}"]').click()

    def choose_target(self, words: str, action: str) -> None:
        """Open the transfer dialog, search, choose the first found, and press one of its buttons."""
        self.does("transfer")
        dialog = self.page.locator("#transfer-dialog")
        dialog.locator("input[type=search]").fill(words)
        row = dialog.locator(".target-list label").filter(has_text=words).first
        row.click()
        dialog.locator(f'[data-phone-action="{action}"]').click()

    def expect_to_hear(self) -> None:
        expect_to_hear(self.page, "#softphone")

    def expect_to_send(self) -> None:
        expect_to_send(self.page, "#softphone")

    @property
    def milliseconds_to_pop(self) -> float:
        """From the first moment of ringing to the caller and the form on the screen."""
        popped = self.page.wait_for_function(
            """() => {
              const ring = damrongSeen.rings[document.getElementById("softphone").dataset.pbxId];
              return ring?.popped && [ring.popped - ring.rang];
            }"""
        )
        return float(popped.json_value()[0])

    # ── The case ──────────────────────────────────────────────────────────────────────────────

    def write_case(self, subject: str, *, place: str) -> None:
        """Fill in the form by keyboard. `place` is typed into the search."""
        keys = self.page.keyboard
        keys.press("Alt+1")
        keys.press("ArrowDown")
        self.tab_to(self.page.locator("#f-subject"))
        keys.type(subject)
        self.tab_to(self.page.locator("#f-description"))
        keys.type("ถนนหน้าบ้านเป็นหลุมลึก รถล้มทุกวัน")
        keys.press("Alt+2")
        keys.type(place)
        expect(self.page.locator("#f-place-list [data-index]").first).to_be_visible()
        keys.press("Enter")
        expect(self.page.locator("#f-subdistrict")).not_to_have_value("")
        keys.press("Alt+3")
        expect(self.page.locator("#f-name")).to_be_focused()
        keys.type("สมศรี ใจงาม")

    def write_words(self, words: str) -> None:
        """Go to the form's first text by keyboard, and type."""
        self.page.keyboard.press("Alt+1")
        self.page.locator("#f-subject").focus()
        self.page.keyboard.type(words)

    def save_case(self) -> str:
        """Save by keyboard; the reference, as its page shows it."""
        self.page.keyboard.press("Control+Enter")
        groups = self.page.locator(".saved-case .ref-large:not(.pin) span")
        expect(groups.first).to_be_visible()
        shown = groups.all_text_contents()
        assert len(shown) > 1, "the reference is not in groups"
        return "".join(shown)

    def expect_draft_saved(self) -> None:
        expect(self.page.locator("[data-draft-state]")).to_have_attribute("data-state", "saved")

    # ── Finding one's way ─────────────────────────────────────────────────────────────────────

    def go(self, path: str) -> None:
        """Follow a link of the main menu; the phone outlives it."""
        self.page.locator(f'.topnav a[href="{path}"]').click()
        expect(self.page).to_have_url(re.compile(f"{path}$"))
