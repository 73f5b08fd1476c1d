"""The language of a page: chosen by a link, kept in a cookie; what a browser prefers is only suggested."""

from datetime import timedelta
from urllib.parse import urlencode

from fastapi import Request
from starlette.responses import Response
from starlette.types import Scope

from navigator.languages import ENGLISH, LANGUAGES, Language, ask_for, current, is_offered, offered
from web.kit import cookies

PARAMETER = "lang"
"""As in `/report?lang=pl`: a link that a service may print."""
_KEPT_FOR = timedelta(days=30)
_MOST_PREFERRED = 10


def chosen(request: Request) -> str:
    """The code of the language that was chosen: by the address, else before; English where none was."""
    code = request.query_params.get(PARAMETER) or cookies.read_cookie(request, cookies.LANGUAGE)
    return code if code in LANGUAGES else ENGLISH


def speak(request: Request, code: str) -> None:
    """Speak a language on the page of this request, and where it goes wrong."""
    request.state.language = code
    ask_for(code)


def speak_for(request: Request, service: str) -> None:
    """Speak English on pages of a service that has not signed the language which was chosen."""
    if not is_offered(current().code, service):
        speak(request, ENGLISH)


def follow(request: Request, response: Response, code: str) -> Response:
    """Go on in the language in which somebody reported, unless this browser was told another."""
    if code != ENGLISH and is_offered(code) and not cookies.read_cookie(request, cookies.LANGUAGE):
        cookies.set_cookie(response, cookies.LANGUAGE, code, _KEPT_FOR)
    return response


def of_error(scope: Scope) -> str:
    """The code of the language of an error page: that of its request, as far as it came."""
    return str(scope.get("state", {}).get("language") or chosen(Request(scope)))


def keep(request: Request, response: Response) -> None:
    """Keep in this browser what its address chose, if it is offered."""
    code = request.query_params.get(PARAMETER, "")
    if code in LANGUAGES and is_offered(code):
        cookies.set_cookie(response, cookies.LANGUAGE, code, _KEPT_FOR)


def rest_of_query(request: Request) -> str:
    """What else the address of a page asks for: it stays when another language is chosen."""
    return urlencode([pair for pair in request.query_params.multi_items() if pair[0] != PARAMETER])


def suggested(request: Request) -> Language | None:
    """An offered language that this browser prefers to English, where nobody chose one."""
    header = request.headers.get("accept-language", "")
    is_chosen = PARAMETER in request.query_params or cookies.read_cookie(request, cookies.LANGUAGE)
    if not header or is_chosen or current().code != ENGLISH:
        return None
    by_lang = {language.lang: language for language in reversed(offered())}
    for part in header.split(",")[:_MOST_PREFERRED]:
        lang = part.partition(";")[0].partition("-")[0].strip().lower()
        if lang == ENGLISH:
            return None
        if lang in by_lang:
            return by_lang[lang]
    return None
