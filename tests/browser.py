"""A real browser for tests: Chromium without a window, led over its debugging protocol.

It is led through two pipes, so that no port and no package is needed. `opened` is one browser;
`Browser.page` is a fresh profile at a size of the screen.
"""

import json
import os
import select
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, NamedTuple

CHROMIUM: Final = shutil.which("chromium")
OPTIONS: Final = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-sync "
    "--disable-background-networking --disable-component-update --disable-dev-shm-usage "
    "--remote-debugging-pipe"
)
WAIT_SECONDS: Final = 30
POLL_SECONDS: Final = 0.02
END: Final = b"\0"  # of a message
KEYS: Final = {"Enter": 13, "Escape": 27, "Tab": 9, " ": 32}
NAMES: Final = (
    "globalThis.get = (id) => document.getElementById(id);"
    "globalThis.all = (selector) => [...document.querySelectorAll(selector)];"
)


class Size(NamedTuple):
    """A screen in CSS pixels."""

    width: int
    height: int


DESK: Final = Size(1280, 900)
TABLET: Final = Size(820, 1180)
PHONE: Final = Size(390, 844)


class Browser:
    """A browser that was started."""

    def __init__(self, to_browser: int, from_browser: int) -> None:
        self._to, self._from = to_browser, from_browser
        self._waiting = b""
        self._last = 0

    def ask(self, method: str, session: str | None = None, **parameters: Any) -> dict[str, Any]:
        """What the browser answers; it raises AssertionError for an error."""
        self._last += 1
        message = {"id": self._last, "method": method, "params": parameters}
        message |= {"sessionId": session} if session else {}
        os.write(self._to, json.dumps(message).encode() + END)
        while (answer := self._next()).get("id") != self._last:
            pass  # an event
        assert "error" not in answer, f"{method}: {answer}"
        result: dict[str, Any] = answer["result"]
        return result

    def _next(self) -> dict[str, Any]:
        while END not in self._waiting:
            readable, _, _ = select.select([self._from], [], [], WAIT_SECONDS)
            assert readable, "the browser does not answer"
            received = os.read(self._from, 1 << 16)
            assert received, "the browser has ended"
            self._waiting += received
        message, _, self._waiting = self._waiting.partition(END)
        decoded: dict[str, Any] = json.loads(message)
        return decoded

    @contextmanager
    def page(self, url: str, size: Size = DESK) -> Iterator["Page"]:
        """A page in a profile of its own, which has loaded."""
        context = self.ask("Target.createBrowserContext")["browserContextId"]
        target = self.ask("Target.createTarget", url="about:blank", browserContextId=context)
        attached = self.ask("Target.attachToTarget", targetId=target["targetId"], flatten=True)
        page = Page(self, attached["sessionId"])
        page.resize(size)
        page.ask("Page.navigate", url=f"{url}/")
        page.wait("document.readyState === 'complete' && location.protocol === 'http:'")
        try:
            yield page
        finally:
            self.ask("Target.disposeBrowserContext", browserContextId=context)


class Page:
    """A page in a browser. Scripts see `get(id)`, and `all(selector)` as an array."""

    def __init__(self, browser: Browser, session: str) -> None:
        self._browser, self._session = browser, session
        self.ask("Emulation.setFocusEmulationEnabled", enabled=True)
        self.ask("Page.enable")
        self.ask("Page.addScriptToEvaluateOnNewDocument", source=NAMES)

    def ask(self, method: str, **parameters: Any) -> dict[str, Any]:
        """What the browser answers for this page."""
        return self._browser.ask(method, self._session, **parameters)

    def resize(self, size: Size) -> None:
        """Gives the page a screen of this size."""
        small = size.width < DESK.width
        self.ask(
            "Emulation.setDeviceMetricsOverride",
            width=size.width, height=size.height, deviceScaleFactor=1, mobile=small,
        )  # fmt: skip

    def value(self, script: str) -> Any:
        """The value of an expression; a promise is waited for."""
        answer = self.ask(
            "Runtime.evaluate",
            expression=script,
            returnByValue=True,
            awaitPromise=True,
            userGesture=True,
        )
        assert "exceptionDetails" not in answer, f"{script}: {answer['exceptionDetails']}"
        return answer["result"].get("value")

    def wait(self, script: str) -> None:
        """Waits until an expression is true."""
        end = time.monotonic() + WAIT_SECONDS
        while not self.value(f"Boolean({script})"):
            assert time.monotonic() < end, (
                f"waited in vain for {script}: {self.value('document.body.innerText')}"
            )
            time.sleep(POLL_SECONDS)

    def click(self, selector: str) -> None:
        """Clicks on an element, which has to be visible."""
        found = f"document.querySelector({json.dumps(selector)})"
        assert self.value(f"Boolean({found}?.checkVisibility())"), f"{selector} is not visible"
        self.value(f"{found}.click()")

    def press(self, key: str, control: bool = False) -> None:
        """Presses a key where the focus is."""
        code = KEYS[key]
        text = {"text": "\r" if key == "Enter" else key} if key in ("Enter", " ") else {}
        parameters = {
            "key": key,
            "code": key,
            "windowsVirtualKeyCode": code,
            "modifiers": 2 if control else 0,
        }
        self.ask("Input.dispatchKeyEvent", type="keyDown", **parameters, **text)
        self.ask("Input.dispatchKeyEvent", type="keyUp", **parameters)

    def type(self, text: str) -> None:
        """Types a text where the focus is, in the place of what is selected."""
        self.ask("Input.insertText", text=text)

    def write(self, name: str, text: str) -> None:
        """Writes a text into the field with this id, in the place of what stands there."""
        self.value(f"get({json.dumps(name)}).focus(), get({json.dumps(name)}).select()")
        self.type(text)

    def text(self, selector: str) -> str:
        """The text that is seen of an element."""
        return str(self.value(f"document.querySelector({json.dumps(selector)}).innerText"))


@contextmanager
def opened(profile: Path, more: str = "") -> Iterator[Browser]:
    """A browser with `more` options; `profile` is a folder for what it keeps."""
    from_us, to_browser = os.pipe()
    from_browser, to_us = os.pipe()
    # Chromium reads from 3 and writes to 4; dash, which is sh on Debian, knows no numbers above 9.
    line = f'exec "$0" {OPTIONS} {more} --user-data-dir="$1" 3<&{from_us} 4>&{to_us}'
    process = subprocess.Popen(
        ["bash", "-c", line, CHROMIUM or "", str(profile)],
        pass_fds=(from_us, to_us), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    os.close(from_us)
    os.close(to_us)
    browser = Browser(to_browser, from_browser)
    try:
        yield browser
    finally:
        os.close(to_browser)  # its end, too
        os.close(from_browser)
        process.wait(timeout=WAIT_SECONDS)
