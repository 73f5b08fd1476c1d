"""Makes the pictures of README and guide from a fresh demonstration: `python -m tests.browser.pictures`.

Those of the guide are static files of the desk: WebP, as large as a page of the guide shows them.
"""

import base64
import os
import re
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from time import sleep
from typing import Any

import uvicorn
from playwright.sync_api import Page, sync_playwright

from tests import system_packages
from tests.browser.conftest import FLAGS

PICTURES = Path(__file__).parents[2] / "docs" / "pictures"
_LOG_IN = re.compile(r"^  (\w+) +(\S+@\S+) +(\S+)", re.M)
GUIDE = Path(__file__).parents[2] / "web" / "static" / "guide"
QUALITY = 0.7
TO_WEBP = """async ([picture, quality]) => {
  const image = Object.assign(new Image(), { src: `data:image/png;base64,${picture}` });
  await image.decode();
  const canvas = document.createElement("canvas");
  Object.assign(canvas, { width: image.width, height: image.height });
  canvas.getContext("2d").drawImage(image, 0, 0);
  return canvas.toDataURL("image/webp", quality).split(",")[1];
}"""
CALM = {"viewport": {"width": 390, "height": 780}}
DENSE = {"viewport": {"width": 1280, "height": 800}}
SERVICE = "/settings/services/riverside"
OF_GUIDE = (
    ("navigator-queue", "navigator", "/desk"),
    ("navigator-ticket", "navigator", "main [id^='ticket-'] a[href^='/tickets/']"),
    ("practitioner-today", "pwp", "/home"),
    ("clinician-review", "clinician", ""),
    ("manager-recurs", "manager", "/insight"),
    ("administrator-service", "admin", SERVICE),
)
"""A picture’s name, who sees it, and where: an address, a link of the page they are at, or where they are."""


def take() -> None:
    """Serve a demonstration of its own, and take each picture as somebody sees it."""
    with TemporaryDirectory() as folder:
        os.environ |= {"NAVIGATOR_DATA_DIR": folder}
        _settings().cache_clear()  # what this file imports has read them
        address, log_ins = _serve()
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=system_packages.chromium(), args=FLAGS)
            patient = browser.new_page(**CALM)  # type: ignore[arg-type]
            patient.goto(f"{address}/report?service=riverside&programme=steps")
            _tell(patient)
            _keep(patient, "patient")
            clinician = _come(browser.new_page(**DENSE), address, log_ins, "clinician")  # type: ignore[arg-type]
            _read_all(clinician)
            navigator = _come(browser.new_page(**DENSE), address, log_ins, "navigator")  # type: ignore[arg-type]
            while navigator.locator(
                ".desk-alarm"
            ).count():  # what the banner watches is known for two minutes
                sleep(5)
                navigator.reload()
            navigator.goto(f"{address}/desk")
            _keep(navigator, "navigator")
            navigator.locator("main [id^='ticket-'] a[href^='/tickets/']").first.click()
            _keep(navigator, "ticket")
            clinician.reload()
            _keep(clinician, "clinician")
            pages = {"navigator": navigator, "clinician": clinician}
            for role, path in (("pwp", "/home"), ("manager", "/insight"), ("admin", SERVICE)):
                pages[role] = _come(browser.new_page(**DENSE), address, log_ins, role)  # type: ignore[arg-type]
                pages[role].goto(f"{address}{path}")
                _keep(pages[role], role)
            _guide(pages, address)
            browser.close()


def _guide(pages: dict[str, Page], address: str) -> None:
    """Take the pictures of the guide, smaller than those of the README."""
    from web.desk.guide import HEIGHT, WIDTH

    GUIDE.mkdir(parents=True, exist_ok=True)
    canvas = pages["navigator"].context.browser.new_page()  # type: ignore[union-attr]
    for name, role, place in OF_GUIDE:
        page = pages[role]
        page.set_viewport_size({"width": WIDTH, "height": HEIGHT})
        if place.startswith("/"):
            page.goto(f"{address}{place}")
        elif place:
            page.locator(place).first.click()
        page.wait_for_load_state()
        picture = base64.b64encode(page.screenshot()).decode()
        webp = canvas.evaluate(TO_WEBP, [picture, QUALITY])
        (GUIDE / f"{name}.webp").write_bytes(base64.b64decode(webp))


def _settings() -> Any:
    from navigator.settings import settings

    return settings


def _serve() -> tuple[str, dict[str, tuple[str, str]]]:
    import migrations
    from navigator.demo import fill
    from web.app import app

    migrations.upgrade(_settings()().database)
    fill.fill_if_empty()
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_config=None, ws="none"))
    Thread(target=server.run, daemon=True).start()
    while not server.started:
        sleep(0.01)
    log_ins = {
        role: (email, password)
        for role, email, password in reversed(_LOG_IN.findall(fill.login_notes() or ""))
    }
    return f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}", log_ins


def _tell(patient: Page) -> None:
    patient.get_by_role("button", name="Continue").click()
    patient.get_by_role("button", name="I forgot my password or PIN").click()


def _come(page: Page, address: str, log_ins: dict[str, tuple[str, str]], role: str) -> Page:
    email, password = log_ins[role]
    page.goto(f"{address}/log-in")
    page.fill("#email", email)
    page.fill("#password", password)
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url(lambda url: "/log-in" not in url)
    return page


def _read_all(clinician: Page) -> None:
    """Say of every clinical review that it was read, and stay at the last one."""
    everything = clinician.url.replace("/home", "/clinical-reviews")
    clinician.goto(everything)
    links = [link.get_attribute("href") or "" for link in clinician.locator("th a").all()]
    for link in links:
        clinician.goto(everything.removesuffix("/clinical-reviews") + link)
        if (button := clinician.get_by_role("button", name="I have read this")).count():
            button.click()


def _keep(page: Page, name: str) -> None:
    page.wait_for_load_state()
    PICTURES.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=PICTURES / f"{name}.png")


if __name__ == "__main__":
    take()
