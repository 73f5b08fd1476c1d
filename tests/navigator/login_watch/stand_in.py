"""A stand-in programme on loopback, as others make them: a token in its form, a cookie, and a page behind."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Thread
from time import sleep

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

EMAIL, WORD = "test-account@fern.example", "Sunny-42-canary"


@dataclass
class Programme:
    """How it is just now: it breaks and heals; `seen` is what it was sent."""

    address: str = ""
    breaks: str = ""
    tokens: set[str] = field(default_factory=set)
    seen: list[dict[str, str]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    @property
    def recipe(self) -> str:
        return f"""
- get: {self.address}/
- fill: {{email: $email, password: $password}}
- post: "#log-in"
- expect: {{status: 200, text: Your programme, url: /home}}
"""

    def login_page(self, request: Request) -> Response:
        self.asked.append(request.url.path)
        if self.breaks == "down":
            return HTMLResponse(f"<h1>Sorry, {WORD}</h1>", 503)
        token = secrets.token_hex(8)
        self.tokens.add(token)
        elsewhere = "http://localhost:1/steal" if self.breaks == "elsewhere" else "/session"
        method = "get" if self.breaks == "address" else "post"
        box = "mail" if self.breaks == "renamed" else "email"
        page = HTMLResponse(
            f"""<!doctype html><form action=/search><input name=q></form>
            <form id="log-in" action="{elsewhere}" method="{method}">
            <input type=hidden name="csrf&#95;token" value="{token}">
            <input name="{box}"><input type=password name=password>
            <input type=checkbox name=remember checked><select name=region><option value=n selected>N</select>
            <button name=do value=enter>Log in</button><button name=do value=other>Other</button></form>"""
        )
        if self.breaks == "marked section":
            page = HTMLResponse(f"{bytes(page.body).decode()}<![more[ x ]]>")
        page.set_cookie("visit", token)
        return page

    async def session(self, request: Request) -> Response:
        async with request.form() as form:
            sent = {name: str(value) for name, value in form.items()}
        self.seen.append(sent)
        is_right = sent.get("csrf_token") in self.tokens and request.cookies.get("visit") in self.tokens
        if (
            not is_right
            or (sent.get("email"), sent.get("password")) != (EMAIL, WORD)
            or self.breaks == "refuses"
        ):
            return HTMLResponse(f"Wrong: {sent}", 200)
        if self.breaks == "loops":
            return RedirectResponse("/session", 307)
        away = {"leads away": "https://evil.example/home", "leads to a part": "/home#/today"}
        to = away.get(self.breaks, "/home")
        answer = RedirectResponse(to, 303)
        answer.set_cookie("in", "yes")
        return answer

    def home(self, request: Request) -> Response:
        return HTMLResponse("<h1>Your programme</h1>" if request.cookies.get("in") else "Log in first")


@contextmanager
def stand_in() -> Iterator[Programme]:
    """Serve it for a while."""
    programme = Programme()
    routes = [
        Route("/", programme.login_page),
        Route("/session", programme.session, methods=["POST"]),
        Route("/home", programme.home),
    ]
    config = uvicorn.Config(Starlette(routes=routes), port=0, log_config=None, lifespan="off", ws="none")
    server = uvicorn.Server(config)
    thread = Thread(target=server.run)
    thread.start()
    while not server.started:
        sleep(0.01)
    programme.address = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    yield programme
    server.should_exit = True
    thread.join()
