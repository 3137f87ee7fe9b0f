"""Browser windows under watch: whatever a page complains of on its console fails the test."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    StorageState,
    expect,
    sync_playwright,
)

from damrong.provision.tools import launcher

WIDE: Final = (1366, 768)
NARROW: Final = (390, 844)
PATIENCE_MS: Final = 30_000

_FLAGS: Final = (
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",  # a microphone that beeps once a second
    "--autoplay-policy=no-user-gesture-required",
    "--allow-loopback-in-peer-connection",  # speech also on a machine without a network
    "--disable-quic",
)
_REPLACED: Final = ("htmx:sendAbort,", "htmx:afterRequest,")
"""What htmx writes when newer news replaces a refresh that is under way. A failure has a word of its own besides."""

WITNESS: Final = """
(() => {
  const seen = (window.damrongSeen = { rings: {}, live: [] });
  const look = () => {
    const phone = document.getElementById("softphone");
    const form = document.querySelector("#workspace #case-form [name=pbx_id]");
    const { callState, pbxId } = phone?.dataset ?? {};
    const ring = (seen.rings[pbxId] ??= {});
    if (callState === "ringing") ring.rang ??= performance.now();
    if (ring.rang && form?.value === pbxId) ring.popped ??= performance.now();
    const live = document.getElementById("live-state")?.dataset.state;
    if (live && live !== seen.live.at(-1)) seen.live.push(live);
  };
  new MutationObserver(look).observe(document, {
    subtree: true, childList: true, attributes: true, attributeFilter: ["data-call-state", "data-state"],
  });
})();
"""
"""Writes down in a page when its telephone rang, when the caller's form stood there, and what the live badge said."""


class Windows:
    """All windows of one test. Each has cookies and storage of its own, like another computer."""

    def __init__(self, browser: Browser, url: str) -> None:
        self._browser = browser
        self._url = url
        self._contexts: list[BrowserContext] = []
        self.troubles: list[str] = []
        self.ignored: tuple[str, ...] = ()

    def open(self, size: tuple[int, int] = WIDE, *, remembers: StorageState | None = None) -> Page:
        """A window with nothing in it yet; it may remember what another browser kept on its disk."""
        context = self._browser.new_context(
            base_url=self._url,
            viewport={"width": size[0], "height": size[1]},
            locale="th-TH",
            timezone_id="Asia/Bangkok",
            permissions=["microphone"],
            storage_state=remembers,
            reduced_motion="reduce",
        )
        context.set_default_timeout(PATIENCE_MS)
        context.add_init_script(WITNESS)
        self._contexts.append(context)
        return self.watched(context.new_page())

    def watched(self, page: Page) -> Page:
        """A page that the test opened by itself."""
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.troubles.append(f"error in {page.url}: {error}"))
        return page

    def expect_trouble(self, *words: str) -> None:
        """Something is broken on purpose: messages with these words are no surprise."""
        self.ignored += words

    def close(self) -> None:
        """Close all windows."""
        for context in self._contexts:
            context.close()

    def expect_no_surprises(self) -> None:
        """Raise what the pages complained of."""
        ignored = (*self.ignored, *_REPLACED)
        surprises = [t for t in self.troubles if not any(word in t for word in ignored)]
        assert not surprises, "\n".join(surprises)

    def photograph(self, folder: Path) -> None:
        """Write down what is to be seen now."""
        folder.mkdir(parents=True, exist_ok=True)
        pages = [page for context in self._contexts for page in context.pages]
        for number, page in enumerate(pages, 1):
            page.screenshot(path=folder / f"{number}.png")

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            where = message.location.get("url", "")
            self.troubles.append(f"{message.type} in {where}: {message.text}")


@contextmanager
def chromium() -> Iterator[Browser]:
    """A Chromium without a screen."""
    flags = [*_FLAGS, *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=launcher("chromium"), args=flags)
        try:
            yield browser
        finally:
            browser.close()
