"""The people of the rush: teachers who take their registers, offices who let pupils in late.

A process of its own that knows nothing but the plan it is given and the web server's address. Each
teacher is a thread that marks, and one that looks around every 2.5 seconds, and less often where
the server is slow, as `static/js/register/live.js` does. A connection serves one request, as from
a proxy.

    python -m benchmarks.registers.rush_load PLAN.json SAID.json
"""

import json
import random
import re
import sys
import threading
import uuid
from contextlib import suppress
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from time import monotonic, perf_counter, sleep, time
from urllib.parse import quote

HOST = "rush.example"  # as the proxy passes it on
PATIENCE = 60  # seconds; what takes longer is an error
LOOK_EVERY, LOOK_SELDOM = 2.5, 10.0  # seconds: register/live.js, EVERY, SELDOM
HOLD = 2.0  # seconds: register/saving.js, HOLD
LOST = 0.02  # of all marks: the answer does not arrive, and the device sends again
CODES = (("/", 86), ("N", 6), ("L", 4), ("I", 3), ("M", 1))
FIELD = r'name="{}" value="(\d+)"'
SIGNED_IN = "after the register opened"  # the desk's sentence when somebody is in


class Said:
    """What was asked, how long it took, and what people were told."""

    def __init__(self):
        self.lock = threading.Lock()
        self.requests: list[tuple[str, float, float, int]] = []  # kind, when, seconds, status
        self.saved: list[tuple[int, int, str]] = []  # enrolment, version, code
        self.signed_in: list[int] = []  # enrolments
        self.absent: dict[str, list[tuple[int, str]]] = {}  # by school: who an office may let in
        self.counts = dict.fromkeys(("keys", "repeats", "conflicts", "amended"), 0)
        self.wrong: list[str] = []

    def note(self, name: str, more: int = 1) -> None:
        with self.lock:
            self.counts[name] += more

    def as_json(self) -> str:
        parts = ("requests", "saved", "signed_in", "counts", "wrong")
        return json.dumps({name: getattr(self, name) for name in parts})


class Rush:
    def __init__(self, plan: dict, said: Said):
        self.plan, self.said = plan, said
        self.started, self.seconds = monotonic(), plan["seconds"]
        self.pace = min(1.0, self.seconds / 120)  # a short rush hurries its people

    def left(self) -> float:
        return self.started + self.seconds - monotonic()

    def wait(self, shortest: float, longest: float) -> None:
        sleep(max(0.0, min(self.pace * random.uniform(shortest, longest), self.left())))


class Browser:
    """A person's cookies, and requests in their name."""

    def __init__(self, rush: Rush, cookies: dict[str, str]):
        self.rush, self.cookies = rush, dict(cookies)

    def ask(self, kind: str, method: str, path: str, body: str = "", **headers: str):
        """(status, headers, text). Every request is counted; one that fails is noted as wrong."""
        began, status, text, given = perf_counter(), 0, "", {}
        try:
            connection = self._send(method, path, body, headers)
            try:
                response = connection.getresponse()
                text, status, given = (
                    response.read().decode(errors="replace"),  # a PDF too
                    response.status,
                    response.headers,
                )
            finally:
                connection.close()
        except (OSError, HTTPException) as problem:
            text = repr(problem)
        took = perf_counter() - began
        if kind == "poll":
            kind = "poll, nothing new" if status == 304 else "poll, news"
        with self.rush.said.lock:
            at = self.rush.seconds - self.rush.left()
            self.rush.said.requests.append((kind, round(at, 3), took, status))
            if not 200 <= status < 400:
                self.rush.said.wrong.append(f"{kind}: {status} {text[:200]}")
        for cookie in given.get_all("Set-Cookie") or () if given else ():
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
            if value in ("", '""'):
                del self.cookies[name]
        return status, given, text

    def lose(self, method: str, path: str, body: str, **headers: str) -> None:
        """Sent, and gone before the answer."""
        with suppress(OSError, HTTPException):
            self._send(method, path, body, headers).close()

    def _send(self, method: str, path: str, body: str, headers: dict) -> HTTPConnection:
        connection = HTTPConnection("127.0.0.1", self.rush.plan["port"], timeout=PATIENCE)
        try:
            token = self.cookies.get(self.rush.plan["csrf_cookie"], "")
            cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
            always = {"Host": HOST, "X-Forwarded-Proto": "https", "Connection": "close",
                      "Cookie": cookies, "X-CSRFToken": token}  # fmt: skip
            if method == "POST":
                always["Origin"] = f"https://{HOST}"
            connection.request(method, path, body or None, always | headers)
        except BaseException:
            connection.close()
            raise
        return connection


class Teacher:
    def __init__(self, rush: Rush, told: dict):
        self.rush, self.said, self.told = rush, rush.said, told
        self.browser = Browser(rush, told["cookies"])
        self.marks = f"{told['register']}marks/"
        self.known: dict[int, tuple[int, str]] = {}  # version and code, by enrolment
        self.closed = threading.Event()

    def morning(self) -> None:
        self.rush.wait(0, 0.6 * self.rush.seconds / self.rush.pace)
        self.browser.ask("Today", "GET", f"/schools/{self.told['urn']}/today/")
        self.rush.wait(0.5, 1.5)
        self.browser.ask("register page", "GET", self.told["register"])
        around = threading.Thread(target=self.look_around, daemon=True)
        around.start()
        try:
            self.take()
            self.rush.wait(10, 25)
        finally:
            self.closed.set()
            around.join()

    def look_around(self) -> None:
        tag, pause = "", 0.0
        while not self.closed.wait(pause):
            began = monotonic()
            headers = {"If-None-Match": tag} if tag else {}
            status, given, text = self.browser.ask("poll", "GET", self.marks, **headers)
            slow = min(LOOK_SELDOM, 3 * (monotonic() - began))
            pause = max(LOOK_EVERY * self.rush.pace, slow)
            if status == 200:
                tag = given["ETag"]
                for pk, version, code, *_ in json.loads(text)["marks"]:
                    self.knows(pk, version, code)

    def knows(self, enrolment: int, version: int, code: str) -> None:
        with self.said.lock:
            if version > self.known.get(enrolment, (0, ""))[0]:
                self.known[enrolment] = (version, code)

    def take(self) -> None:
        """Mark many one by one, think again about a few, then press once for everyone else."""
        pupils = self.told["pupils"]
        singles = random.sample(pupils, round(len(pupils) * random.uniform(0.3, 0.7)))
        for enrolment, surname in singles:
            symbols, weights = zip(*CODES, strict=True)
            (code,) = random.choices(symbols, weights)
            if self.send("one mark", [(enrolment, code)]) and code == "N":
                with self.said.lock:
                    school = self.said.absent.setdefault(self.told["urn"], [])
                    school.append((enrolment, surname))
            self.rush.wait(0.3, 2)
        for enrolment, _ in singles[:1]:
            if self.known.get(enrolment, (0, ""))[1] == "/":
                self.send("one mark", [(enrolment, "L")])
                self.said.note("amended")
        self.rush.wait(HOLD, HOLD)
        rest = [(pk, "/") for pk, _ in pupils if pk not in self.known]
        if rest:
            self.send("everyone else", rest)

    def send(self, kind: str, marks: list[tuple[int, str]]) -> bool:
        """Whether all were saved. One in fifty is sent twice, since its answer was lost."""
        codes, at = dict(marks), time() * 1000
        changes = [
            {"enrolment": pk, "code": code, "seen": self.known.get(pk, (0, ""))[0],
             "minutes": 4 if code == "L" else None, "comment": None}
            for pk, code in marks
        ]  # fmt: skip
        kept = {"key": str(uuid.uuid4()), "person": self.told["person"], "made_at": at,
                "changes": changes}  # fmt: skip
        self.said.note("keys")
        if random.random() < LOST:
            self.browser.lose("POST", self.marks, self._body(kept), **JSON)
            self.rush.wait(0, 2)
            kind = f"{kind}, sent again"
        status, _, text = self.browser.ask(kind, "POST", self.marks, self._body(kept), **JSON)
        if status != 200:
            return False
        answer = json.loads(text)
        with self.said.lock:
            for one in answer["saved"]:
                pk, version = one["enrolment"], one["version"]
                self.said.saved.append((pk, version, codes[pk]))
                self.known[pk] = (version, codes[pk])
            self.said.counts["repeats"] += answer["repeated"]
            self.said.counts["conflicts"] += len(answer["conflicts"])
            for why in (*answer["refused"], *answer["held"]):
                self.said.wrong.append(f"refused or held: {why}")
        for one in answer["conflicts"]:
            self.knows(one["enrolment"], one["version"], one["code"])
        return not answer["conflicts"]

    @staticmethod
    def _body(kept: dict) -> str:
        return json.dumps(kept | {"sent_at": time() * 1000})


JSON = {"Content-Type": "application/json", "Accept": "application/json"}


class Office:
    def __init__(self, rush: Rush, told: dict):
        self.rush, self.said, self.told = rush, rush.said, told
        self.browser = Browser(rush, told["cookies"])
        self.desk = f"/schools/{told['urn']}/late-desk/"
        self.pupils = [
            pupil
            for teacher in rush.plan["teachers"]
            if teacher["urn"] == told["urn"]
            for pupil in teacher["pupils"]
        ]

    def morning(self) -> None:
        self.browser.ask("late desk", "GET", self.desk)
        while self.rush.left() > 0:
            self.rush.wait(4, 10)
            self.let_in(*self.next_in())

    def next_in(self) -> tuple[int, str]:
        """Mostly somebody who was marked as not here; now and then anybody."""
        with self.said.lock:
            absent = self.said.absent.get(self.told["urn"])
            if absent and random.random() < 0.8:
                return absent.pop(random.randrange(len(absent)))
        return random.choice(self.pupils)

    def let_in(self, enrolment: int, surname: str) -> None:
        path = f"{self.desk}?q={quote(surname)}"
        status, _, text = self.browser.ask("late desk, find", "GET", path, **{"HX-Request": "true"})
        found = re.search(FIELD.format("enrolment"), text)
        if status != 200 or not found or int(found[1]) != enrolment:
            return  # somebody who is here already
        seen = re.search(FIELD.format("seen"), text)[1]
        body = f"enrolment={enrolment}&half=0&seen={seen}&keep=0&reason="
        status, given, _ = self.browser.ask(
            "late desk, let in", "POST", f"{self.desk}in/", body,
            **{"Content-Type": "application/x-www-form-urlencoded"},
        )  # fmt: skip
        if status == 302:
            _, _, text = self.browser.ask("late desk", "GET", given["Location"])
            if SIGNED_IN in text:
                with self.said.lock:
                    self.said.signed_in.append(enrolment)


def main(plan: Path, out: Path) -> None:
    said = Said()
    rush = Rush(json.loads(plan.read_text()), said)
    people = [Teacher(rush, told) for told in rush.plan["teachers"]]
    people += [Office(rush, told) for told in rush.plan["offices"]]
    threads = [threading.Thread(target=_morning, args=(one, said), daemon=True) for one in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(max(0.0, rush.left()) + 2 * PATIENCE)
    if any(thread.is_alive() for thread in threads):
        said.wrong.append("Somebody was still at work long after the end.")
    out.write_text(said.as_json())


def _morning(person, said: Said) -> None:
    try:
        person.morning()
    except Exception as problem:
        said.wrong.append(f"{type(person).__name__}: {problem!r}")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
