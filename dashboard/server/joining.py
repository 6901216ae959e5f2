"""Joining a class and leaving it: two plain pages beside the dashboard, which give a browser its cookie and take it.

The token in the cookie is out of reach of scripts and never in a link. A form of another site is refused by its origin.
"""

import functools
import html
import logging
from pathlib import Path
from string import Template
from urllib.parse import parse_qs, urlsplit

import streamlit as st
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from core.errors import FitscopeError
from core.people import classroom
from core.people.classroom import Classroom
from core.people.person import LONGEST_NICKNAME, PeopleError, WrongCodeError
from core.people.tries import Tries
from dashboard.page_files import about_page, page_files
from dashboard.people.asking import COOKIE
from dashboard.words import CHOSEN, LANGUAGES, _, language, say, speaking

log = logging.getLogger("fitscope.people")

MOST_BYTES = 4096  # of a form
DAYS = 200  # a browser is known: a school year
MAY = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
HEADERS = {"Cache-Control": "no-store", "Content-Security-Policy": MAY, "Referrer-Policy": "same-origin"}
PAGE = Path(__file__).with_name("join.html")

# Wrong codes only, of a million and more; behind a router all have one address, and the second counts for everybody.
_each = Tries(most=30, seconds=60.0)
_all = Tries(most=200, seconds=60.0)


def base() -> str:
    """The path under which the server is reached: "" or "/something"."""
    path = str(st.get_option("server.baseUrlPath") or "").strip("/")
    return f"/{path}" if path else ""


def address(name: str) -> str:
    """Of one of the two pages."""
    return f"{base()}/{name}"


async def _join(request: Request) -> Response:
    room = classroom.current()
    if room is None:
        return RedirectResponse(f"{base()}/", 303)
    with speaking(_language(request)):
        if request.method != "POST":
            if _page(request) and room.recognise(request.cookies.get(COOKIE, "")):
                return RedirectResponse(_after(request), 303, {"Cache-Control": "no-store"})
            return _form({"room": request.query_params.get("room", "")[:10], "to": _page(request)})
        given: dict[str, str] = {}
        try:
            given = await _given(request)
            token = await run_in_threadpool(_admitted, room, given, _who(request))
        except FitscopeError as error:
            log.info("Not let in: %s", error.template)
            return _form({**given, "to": _page(request)}, say(error), 403)
    answer = RedirectResponse(_after(request), 303, {"Cache-Control": "no-store"})
    secure = request.url.scheme == "https"
    answer.set_cookie(COOKIE, token, max_age=DAYS * 86_400, path="/", httponly=True, samesite="lax", secure=secure)
    return answer


async def _leave(request: Request) -> Response:
    room = classroom.current()
    if room is None:
        return RedirectResponse(f"{base()}/", 303)
    with speaking(_language(request)):
        if request.method != "POST":
            return _shown(_leaving(), "", _("Leave the class"))
        try:
            await _given(request)
        except PeopleError as error:
            return _shown(_leaving(), say(error), _("Leave the class"), 403)
    await run_in_threadpool(room.forget_token, request.cookies.get(COOKIE, ""))
    answer = RedirectResponse(address("join"), 303, {"Cache-Control": "no-store"})
    answer.delete_cookie(COOKIE, path="/")
    return answer


def _admitted(room: Classroom, given: dict[str, str], who: str) -> str:
    """The token for a browser; raises PeopleError, StorageError."""
    for tries, key in ((_each, who), (_all, "")):
        tries.take(key)
    wrong = False
    try:
        return _token(room, given)
    except WrongCodeError:
        wrong = True
        raise
    finally:
        if not wrong:  # thirty who join at once behind one router are no attack
            _each.give_back(who)
            _all.give_back("")


def _token(room: Classroom, given: dict[str, str]) -> str:
    if not room.room:
        raise PeopleError("The class has ended. The next one has a new code; ask your teacher.")
    if given.get("way") == "teacher":
        return room.join_as_teacher(given.get("passcode", ""), given.get("name") or _("Teacher"))
    if given.get("way") == "code":
        return room.carry_on(given.get("code", ""))
    return room.join(given.get("room", ""), given.get("name", ""))


async def _given(request: Request) -> dict[str, str]:
    """The fields of a form of ours; raises PeopleError for one of another site, or one that is too long."""
    origin = urlsplit(request.headers.get("origin", ""))
    if not origin.netloc or origin.netloc != request.headers.get("host"):
        raise PeopleError("This form came from another page. Open the address of the class, and join there.")
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > MOST_BYTES:
            raise PeopleError("That was too long. Join with a nickname of {most} characters.", most=LONGEST_NICKNAME)
    return {name: values[0] for name, values in parse_qs(body.decode("utf-8", "replace")).items()}


def _page(request: Request) -> str:
    """The page of ours to which a link leads whoever has joined; "" the first."""
    named = request.query_params.get("to", "")
    return named if named in {about_page(path)["name"] for path in page_files()[1:]} else ""


def _after(request: Request) -> str:
    """Where whoever has joined goes on."""
    return f"{base()}/{_page(request)}?lang={_language(request)}"


def _who(request: Request) -> str:
    return request.client.host if request.client else ""


def _language(request: Request) -> str:
    """The one that was chosen, else the first of the browser's that is spoken here."""
    chosen = request.query_params.get("lang", ""), request.cookies.get(CHOSEN, "")
    browsers = (one.split(";")[0].strip()[:2] for one in request.headers.get("accept-language", "").split(","))
    return next((one for one in (*chosen, *browsers) if one in LANGUAGES), "en")


def _form(given: dict[str, str], problem: str = "", status: int = 200) -> HTMLResponse:
    """The three ways in; what was typed stays, but for what is secret."""
    opened = given.get("way", "")
    ways = [
        _way("", "", _field("room", _("Code of the room"), given, "code") + _name_field(given), _("Join"), True),
        _way("code", _("Carry on with a code"), _field("code", _("Your code"), {}, "code"), _("Carry on"), opened),
        _way("teacher", _("I am the teacher"), _secret_field(), _("Open the class"), opened),
    ]
    to = f"&amp;to={given['to']}" if given.get("to") else ""
    others = " · ".join(
        f'<a href="?lang={code}&amp;room={html.escape(given.get("room", ""))}{to}" lang="{code}">{name}</a>'
        for code, name in LANGUAGES.items()
        if code != language()
    )
    return _shown("".join(ways) + f"<p class=other>{others}</p>", problem, _("Join the class"), status)


def _way(way: str, title: str, fields: str, button: str, opened: object) -> str:
    """One way in; the first stands open, the others unfold."""
    hidden = f'<input type="hidden" name="way" value="{way}">'
    form = f'<form method="post">{hidden}{fields}<button>{html.escape(button)}</button></form>'
    if not title:
        return form
    is_open = " open" if opened == way else ""
    return f"<details{is_open}><summary>{html.escape(title)}</summary>{form}</details>"


def _name_field(given: dict[str, str]) -> str:
    value = html.escape(given.get("name", "")[: 2 * LONGEST_NICKNAME])
    hint = html.escape(_("Not your full name: a nickname will do."))
    return (
        f"<label>{html.escape(_('Nickname'))}"
        f'<input name="name" value="{value}" maxlength="{LONGEST_NICKNAME}" required autocomplete="nickname"></label>'
        f"<small>{hint}</small>"
    )


def _field(name: str, label: str, given: dict[str, str], kind: str) -> str:
    value = html.escape(given.get(name, "")[:20])
    return (
        f'<label>{html.escape(label)}<input name="{name}" value="{value}" class="{kind}" maxlength="20" required '
        f'autocomplete="off" autocapitalize="characters" spellcheck="false"></label>'
    )


def _secret_field() -> str:
    hint = html.escape(_("It stands in the window where the class was started."))
    return (
        f'<label>{html.escape(_("Passcode"))}<input name="passcode" type="password" maxlength="64" required '
        f'autocomplete="current-password"></label><small>{hint}</small>'
    )


def _leaving() -> str:
    words = html.escape(_("This browser forgets who you are. What you made stays; a code of yours brings you back."))
    button = html.escape(_("Leave the class"))
    back = html.escape(_("Stay"))
    return (
        f"<form method=post><p>{words}</p><button>{button}</button></form>"
        f'<p class=other><a href="{base()}/">{back}</a></p>'
    )


def _shown(content: str, problem: str, title: str, status: int = 200) -> HTMLResponse:
    told = f'<p role="alert">{html.escape(problem)}</p>' if problem else ""
    page = _template().substitute(lang=language(), title=html.escape(title), problem=told, content=content)
    return HTMLResponse(page, status, HEADERS)


@functools.cache
def _template() -> Template:
    return Template(PAGE.read_text("utf-8"))


routes = [Route("/join", _join, methods=["GET", "POST"]), Route("/leave", _leave, methods=["GET", "POST"])]
