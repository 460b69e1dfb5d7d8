"""A school's first days with Rollbook, as one story, on the real stack: web, worker, beat, broker.

With PICTURES=/some/folder it also takes pictures; docs/pictures/make.py keeps some of them.
"""

import io
import os
import re
import zipfile
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pypdfium2
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import story_school
from tests.integration.demo.test_demo_command import Running

PASSWORD = "a-slate-and-a-bell"
PICTURES = os.environ.get("PICTURES", "")
LONDON = ZoneInfo("Europe/London")
SOON = 60_000  # milliseconds: until a worker that is busy with other tests has done it


@pytest.fixture(scope="module")
def house(tmp_path_factory) -> Iterator[Running]:
    """All of Rollbook on an empty database, and what it said when it came up."""
    running = Running(tmp_path_factory.mktemp("story") / "var")
    try:
        running.said = running.wait_until_up()
        yield running
    finally:
        running.end()


@pytest.fixture(scope="module")
def people(browser: Browser, house: Running) -> Iterator[dict[str, Page]]:
    """A browser window for each person of the story."""
    contexts = {
        name: browser.new_context(
            viewport={"width": 1280, "height": 800},
            locale="en-GB",
            base_url=f"http://127.0.0.1:{house.port}",
            accept_downloads=True,
        )
        for name in ("administrator", "teacher", "officer", "leader")
    }
    windows = {name: context.new_page() for name, context in contexts.items()}
    for page in windows.values():
        page.set_default_timeout(15_000)
    yield windows
    for name, page in windows.items():
        picture(page, f"last-{name}")
    for context in contexts.values():
        context.close()


def picture(page: Page, name: str) -> None:
    if PICTURES:
        Path(PICTURES).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=Path(PICTURES) / f"{name}.png")


def picture_of_pdf(pdf: bytes, name: str, pages: list[int], scale: float = 1.1) -> None:
    """Pages of a PDF side by side, as they come from the printer."""
    if not PICTURES:
        return
    from PIL import Image

    document = pypdfium2.PdfDocument(io.BytesIO(pdf))
    drawn = [document[number].render(scale=scale).to_pil() for number in pages]
    sheet = Image.new("RGB", (sum(one.width for one in drawn) + 16 * len(drawn), drawn[0].height))
    sheet.paste((200, 204, 212), (0, 0, *sheet.size))
    left = 8
    for one in drawn:
        sheet.paste(one, (left, 0))
        left += one.width + 16
    sheet.save(Path(PICTURES) / f"{name}.png")


def words_of(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(io.BytesIO(pdf))
    text = " ".join(document[n].get_textpage().get_text_bounded() for n in range(len(document)))
    return " ".join(text.replace("\N{NO-BREAK SPACE}", " ").split())


def make_account(page: Page, link: str, name: str, username: str) -> None:
    if link:
        page.goto(link)
    page.get_by_label("Your name").fill(name)
    page.get_by_label("Username").fill(username)
    page.get_by_label("Password", exact=False).first.fill(PASSWORD)
    page.get_by_label("The password again").fill(PASSWORD)
    page.get_by_role("button", name="Make my account").click()


def school(path: str = "") -> str:
    return f"/schools/{story_school.URN}/{path}"


def times_of_today(now: datetime) -> tuple[str, str]:
    """Morning and afternoon register such that one of them is open now."""
    opened = now - timedelta(minutes=8)
    if now.hour < 12:
        afternoon = (now + timedelta(hours=4)).time() if now.hour > 8 else time(13, 15)
        return f"{max(opened, now.replace(hour=0, minute=0)):%H:%M}", f"{afternoon:%H:%M}"
    return "08:45", f"{opened:%H:%M}"


@pytest.mark.slow
def test_a_schools_first_days(house: Running, people: dict[str, Page], tmp_path: Path):
    administrator, teacher, officer, leader = people.values()
    now = datetime.now(LONDON)
    today = now.date()
    morning_at, afternoon_at = times_of_today(now)

    # --- the first administrator sets the school up
    link = re.search(r"http\S+/invitations/\S+", house.said)
    assert link, house.said
    administrator.goto(link.group())
    administrator.get_by_label("The school’s name").fill(story_school.NAME)
    administrator.get_by_label("URN").fill(story_school.URN)
    make_account(administrator, "", "Jo Ferreira", "j.ferreira")
    administrator.get_by_role("link", name="Set your school up").first.click()
    expect(administrator.get_by_role("heading", level=1)).to_be_visible()

    administrator.goto(school("set-up/school/"))
    administrator.get_by_label("Headteacher").fill("Mrs R. Adeyemi-Clarke")
    administrator.get_by_label("Address").fill("Saltergate Road\nNether Ellerwick")
    administrator.get_by_label("Postcode").fill("EW4 7QT")
    administrator.get_by_label("Morning register").fill(morning_at)
    administrator.get_by_label("Afternoon register").fill(afternoon_at)
    administrator.get_by_role("button", name="Save these details").click()

    # --- pupils, contacts, calendar and marks come by an import: checked, looked at, brought in
    archive = tmp_path / "school.zip"
    with zipfile.ZipFile(archive, "w") as files:
        for file in sorted(story_school.write(tmp_path / "school", today).iterdir()):
            files.write(file, file.name)
    administrator.goto(school("set-up/imports/new/"))
    administrator.locator("input[type=file]").set_input_files(archive)
    administrator.get_by_role("button", name="Look at these files").click()
    expect(administrator.get_by_text("Every row is good")).to_be_visible(timeout=SOON)  # by itself
    picture(administrator, "import-check")
    administrator.get_by_role("button", name="Bring the files in").click()
    expect(administrator.get_by_role("heading", name="The files are in")).to_be_visible(
        timeout=SOON
    )
    administrator.goto(school("set-up/"))
    picture(administrator, "set-up")

    # --- colleagues are invited
    invited = {
        "teacher": ("Mr D. Osei", "d.osei", "teacher", "8K"),
        "officer": ("Tom Brannigan", "t.brannigan", "attendance_officer", ""),
        "leader": ("Mrs R. Adeyemi-Clarke", "r.adeyemi", "slt", ""),
    }
    for who, (name, username, role, group) in invited.items():
        administrator.goto(school("set-up/staff/invite/"))
        administrator.get_by_label("Name").fill(name)
        administrator.get_by_label("Role").select_option(role)
        if group:
            administrator.get_by_label(group, exact=True).check()
        administrator.get_by_role("button", name="Make the invitation").click()
        make_account(people[who], administrator.locator("code").inner_text(), name, username)

    # --- the teacher takes the register
    teacher.goto(school("today/"))
    picture(teacher, "today")
    teacher.get_by_role("link", name="Take the register").click()
    away = ("Callum Reid", "Mina Haddad")
    for name in away:
        teacher.get_by_role("listitem").filter(has_text=name).locator(
            "input[type=radio][value=N]"
        ).check(force=True)
    picture(teacher, "register")
    teacher.get_by_role("button", name=re.compile("^Other")).click()
    expect(teacher.locator("[data-status]")).to_have_text("All saved", timeout=SOON)

    # --- the late desk lets one in, by the clock
    officer.goto(school("late-desk/"))
    officer.get_by_role("textbox", name="Who has just come in?").fill("cal")
    expect(officer.locator(".found")).to_contain_text("Callum Reid")
    picture(officer, "late-desk")
    officer.get_by_role("button", name=re.compile(r"^L, \d+ min")).click()
    expect(officer.locator(".late-list")).to_contain_text("Callum Reid")
    callum = teacher.get_by_role("listitem").filter(has_text="Callum Reid")
    expect(callum.locator("legend")).to_contain_text("marked L", timeout=5_000)  # by itself
    teacher.goto(school("today/"))
    expect(teacher.get_by_text("All are marked")).to_be_visible()

    # --- the officer finds out why the other one is away, which amends the mark
    officer.goto(school("morning/"))
    picture(officer, "morning")
    mina = officer.get_by_role("listitem").filter(has_text="Mina Haddad")
    mina.get_by_role("link", name="Mina Haddad").first.click()
    officer.get_by_label("Code", exact=True).select_option("I")
    officer.get_by_label("Why is this mark changing?").fill("Her mother rang: a cold")
    officer.get_by_role("button", name=re.compile("Change")).click()
    officer.goto(school("pupils/?q=Mina"))
    officer.get_by_role("link", name="Mina Haddad").first.click()
    picture(officer, "pupil")

    # --- the night, by hand
    officer.goto(school("nights/"))
    officer.get_by_role("button", name="Run the first night").click()
    expect(officer.get_by_text("The last night did everything")).to_be_visible(timeout=SOON)
    officer.goto(school("pupils/"))
    picture(officer, "at-risk")

    # --- a letter is there, says the right number of days, is approved and printed
    officer.goto(
        school("letters/")
    )  # marks of files are listed first: nobody is written to unasked
    officer.get_by_role("link", name=re.compile("^Crossed before Rollbook")).click()
    listed = officer.get_by_role("form").filter(has_text="Reece Alder").first
    listed.get_by_role("checkbox", name="Reece Alder").check()
    listed.get_by_role("button", name="Propose letters for those ticked").click()
    officer.goto(school("letters/"))
    reece = officer.get_by_role("link", name="Reece Alder")
    expect(reece).to_be_visible(timeout=SOON)
    reece.click()
    approve = officer.get_by_role("button", name=re.compile("^Approve"))
    for _ in range(30):
        if approve.is_visible():
            break
        officer.wait_for_timeout(1_000)
        officer.reload()
    letter = officer.request.get(officer.locator("iframe, object").first.get_attribute("src"))
    missed = days_missed("Reece Alder", today)
    assert f"has missed {missed} days" in words_of(letter.body())
    picture(officer, "letter-queue")
    picture_of_pdf(letter.body(), "letter", [0])
    approve.click()
    officer.goto(school("letters/print-runs/"))
    officer.get_by_role("button", name=re.compile("Print|Make")).first.click()
    expect(officer.get_by_role("link", name=re.compile("^Open|Go on")).first).to_be_visible(
        timeout=SOON
    )
    officer.goto(school("letters/print-runs/"))
    officer.locator("tbody th a").first.click()
    printed = officer.request.get(
        officer.get_by_role("link", name="Open the PDF").get_attribute("href")
    )
    assert f"has missed {missed} days" in words_of(printed.body())
    officer.get_by_role("button", name="They are in the post").click()
    expect(officer.get_by_text("In the post.")).to_be_visible()

    # --- a leader calls a panel, and builds and opens its pack
    leader.goto(school("school/"))
    picture(leader, "school")
    leader.goto(school("panels/new/"))
    leader.locator("#id_on").fill(f"{today + timedelta(days=7)}")
    leader.get_by_label("Place").fill("Room 4")
    panel = ["Reece Alder", "Callum Reid", "Siyuan Chen", "Jayden Okafor", "Bea Thornton"]
    for name in panel:
        leader.get_by_role("row").filter(has_text=name).get_by_role("checkbox").check()
    leader.get_by_role("button", name="Call the panel").click()
    expect(leader.get_by_text("5 pupils.", exact=True)).to_be_visible()
    picture(leader, "panel")
    leader.goto(leader.url.split("?")[0].rstrip("/") + "/pack/")
    leader.get_by_role("button", name=re.compile("pack", re.IGNORECASE)).click()
    picture(leader, "pack-progress")
    opened = leader.get_by_role("link", name=re.compile(r"^Open .*\.pdf"))
    expect(opened).to_be_visible(timeout=SOON)
    pack = leader.request.get(opened.get_attribute("href")).body()
    text = words_of(pack)
    for name in panel:
        assert name in text
    document = pypdfium2.PdfDocument(io.BytesIO(pack))
    assert len(list(document.get_toc())) > len(panel)
    picture_of_pdf(pack, "pack", [0, 2, 3, 4], scale=0.7)


def days_missed(name: str, today) -> str:
    """Counted from the files alone, in days as a letter says them."""
    number = [f"{forename} {surname}" for _, forename, surname, _ in story_school.pupils()].index(
        name
    )
    sessions = missed = 0
    for day in story_school.school_days(today):
        for half in story_school.Half:
            if day < today:
                sessions += 1
                missed += story_school.code_of(name, number, sessions, half) in "IOGM"
    whole, rest = divmod(missed, 2)
    return f"{whole}½" if rest else f"{whole}"
