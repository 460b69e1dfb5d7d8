"""WebKit over the W3C WebDriver protocol: as much of it as the tests here need."""

import json
import time
import urllib.error
import urllib.request
from typing import Any

ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
KEYS = {"Space": " ", "ArrowDown": "\ue015", "ArrowUp": "\ue013", "Backspace": "\ue003"}
PATIENCE = 8.0  # seconds until what a test waits for has to be there


class WebKit:
    """One browser with one profile; its windows share what is kept on the device."""

    def __init__(self, server: str):
        self.server = server
        asked = self._ask("POST", "/session", {"capabilities": {"alwaysMatch": {}}})
        self.path = f"/session/{asked['sessionId']}"
        self.version = asked["capabilities"]["browserVersion"]

    def _ask(self, method: str, path: str, body: Any = None) -> Any:
        request = urllib.request.Request(
            self.server + path,
            method=method,
            data=json.dumps(body if body is not None else {}).encode()
            if method == "POST"
            else None,
            headers={"Content-Type": "application/json"},
        )
        try:
            with urllib.request.urlopen(request, timeout=60) as response:
                return json.load(response)["value"]
        except urllib.error.HTTPError as problem:
            said = json.load(problem)["value"]
            raise RuntimeError(f"{said['error']}: {said['message']}") from None

    def do(self, what: str, body: Any = None) -> Any:
        return self._ask("POST", f"{self.path}/{what}", body)

    def ask(self, what: str) -> Any:
        return self._ask("GET", f"{self.path}/{what}")

    def close(self) -> None:
        self._ask("DELETE", self.path)

    def close_window(self) -> None:
        self._ask("DELETE", f"{self.path}/window")

    def forget_cookies(self) -> None:
        self._ask("DELETE", f"{self.path}/cookie")

    def goto(self, url: str) -> None:
        self.do("url", {"url": url})

    def run(self, script: str, *args: Any) -> Any:
        """What a script returns; a promise is awaited."""
        return self.do("execute/sync", {"script": script, "args": list(args)})

    def text(self, selector: str) -> str:
        script = "return document.querySelector(arguments[0])?.textContent.trim() ?? ''"
        return self.run(script, selector)

    def until(self, script: str, *args: Any, patience: float = PATIENCE) -> Any:
        """The first true answer of a script."""
        ends = time.monotonic() + patience
        while not (found := self.run(script, *args)):
            if time.monotonic() > ends:
                seen = self.run("return document.body.innerText.slice(0, 600)")
                raise AssertionError(f"never: {script} {args}\n{seen}")
            time.sleep(0.1)
        return found

    def until_text(self, selector: str, words: str, patience: float = PATIENCE) -> None:
        script = "return document.querySelector(arguments[0])?.textContent.includes(arguments[1])"
        self.until(script, selector, words, patience=patience)

    def press(self, keys: str) -> None:
        """Type these keys, names of keys between blanks, wherever the focus is."""
        for key in keys.split():
            word = KEYS.get(key, key)
            presses = [{"type": "keyDown", "value": word}, {"type": "keyUp", "value": word}]
            self.do("actions", {"actions": [{"type": "key", "id": "keys", "actions": presses}]})

    def click(self, selector: str) -> None:
        found = self.do("element", {"using": "css selector", "value": selector})
        self.do(f"element/{found[ELEMENT]}/click")

    def resize(self, width: int, height: int) -> None:
        self.do("window/rect", {"width": width, "height": height})
