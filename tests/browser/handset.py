"""The demo phone, as a newcomer uses it."""

from contextlib import suppress

from playwright.sync_api import Locator, Page, expect
from playwright.sync_api import TimeoutError as TookTooLong


class Handset:
    """A window with /demo in it."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.phone: Locator = page.locator("#demo-phone")

    def open(self) -> "Handset":
        self.page.goto("/demo")
        expect(self.phone).to_have_attribute("data-registered", "true")
        return self

    def call(self, number: str) -> None:
        """Dial 1567 as this number, and wait until the line is open."""
        self.page.locator("#demo-caller").fill(number)
        self.page.locator('[data-demo-action="call"]').click()
        self.expect_state("talking")

    def keys(self, digits: str) -> None:
        """Press keys as fast as a person does, so that two make one number."""
        for digit in digits:
            self.page.locator(f'#demo-phone [data-digit="{digit}"]').click()

    def call_province(self, number: str, postcode: str) -> None:
        """As one who has called before: key the postcode, yes, and on, without listening to the end."""
        self.call(number)
        self.keys(f"{postcode}11")

    def insist(self, digit: str, *, seconds: int = 40) -> None:
        """Press the same key again and again until the call ends."""
        ended = self.page.locator('#demo-phone[data-call-state="ended"]')
        for _ in range(seconds):
            self.keys(digit)
            with suppress(TookTooLong):
                ended.wait_for(timeout=1_000)
                return
        raise AssertionError("the call does not end")

    def hang_up(self) -> None:
        self.page.locator('[data-demo-action="hang-up"]').click()
        self.expect_state("ended")

    def answer(self) -> None:
        self.page.locator('[data-demo-action="answer"]').click()
        self.expect_state("talking")

    def expect_state(self, state: str, *, seconds: float = 30) -> None:
        expect(self.phone).to_have_attribute("data-call-state", state, timeout=seconds * 1000)

    def expect_to_hear(self) -> None:
        expect_to_hear(self.page, "#demo-phone")

    def expect_to_send(self) -> None:
        expect_to_send(self.page, "#demo-phone")


def expect_to_hear(page: Page, phone: str) -> None:
    """Speech arrives now, and it is not silence."""
    _expect_growth(page, phone, "packetsReceived", least_level=5)


def expect_to_send(page: Page, phone: str) -> None:
    """Speech leaves now."""
    _expect_growth(page, phone, "packetsSent", least_level=0)


def loudest(page: Page, phone: str, *, seconds: float) -> int:
    """The highest level that is heard during this time."""
    return int(
        page.evaluate(
            """async ([phone, milliseconds]) => {
              let most = 0;
              for (const end = performance.now() + milliseconds; performance.now() < end; ) {
                most = Math.max(most, Number(document.querySelector(phone).dataset.level ?? 0));
                await new Promise((resolve) => setTimeout(resolve, 50));
              }
              return most;
            }""",
            [phone, seconds * 1000],
        )
    )


def _expect_growth(page: Page, phone: str, counter: str, least_level: int) -> None:
    before = int(page.locator(phone).evaluate("(e, name) => e.dataset[name] ?? 0", counter))
    page.wait_for_function(
        """([phone, counter, before, level]) => {
          const { [counter]: count = 0, level: heard = 0 } = document.querySelector(phone).dataset;
          return Number(count) > before + 10 && Number(heard) >= level;
        }""",
        arg=[phone, counter, before, least_level],
    )
