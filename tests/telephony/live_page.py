"""A page of the console that somebody has open: signed in by the form, following the live events as a browser does."""

import re
import threading
import time
from typing import Final

import httpx

_RETRY_SECONDS: Final = 0.5


class LivePage:
    """Reads `/events` in a thread, and again whenever the stream breaks."""

    def __init__(self, url: str, username: str, password: str) -> None:
        self._client = httpx.Client(base_url=url, timeout=httpx.Timeout(8, read=30))
        self._sign_in(username, password)
        self.kinds: list[str] = []
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._follow, daemon=True)
        self._thread.start()

    def _sign_in(self, username: str, password: str) -> None:
        form = self._client.get("/sign-in").text
        token = re.search(r'name="csrf_token" value="([^"]+)"', form)
        assert token is not None
        fields = {"csrf_token": token[1], "username": username, "password": password}
        answer = self._client.post("/sign-in", data=fields | {"next": "/"})
        assert answer.status_code == httpx.codes.SEE_OTHER, answer.text

    def status_of(self, path: str) -> int:
        """Of a page; or of the API, to which programs show a token."""
        return self._client.get(path, headers={"Authorization": "Bearer unknown"}).status_code

    def forget(self) -> None:
        """What comes from now on counts."""
        self.kinds.clear()

    def hears(self, kind: str) -> bool:
        return kind in self.kinds

    def close(self) -> None:
        self._closed.set()

    def _follow(self) -> None:
        last = ""
        while not self._closed.is_set():
            try:
                headers = {"Last-Event-ID": last} if last else {}
                with self._client.stream("GET", "/events", headers=headers) as answer:
                    for line in answer.iter_lines():
                        name, _, value = line.partition(": ")
                        last = value if name == "id" else last
                        if name == "event":
                            self.kinds.append(value)
                        if self._closed.is_set():
                            return
            except httpx.HTTPError:
                self.kinds.append("broken")
            time.sleep(_RETRY_SECONDS)
