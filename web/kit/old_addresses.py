"""Redirects (308) from addresses of earlier versions: bookmarks, sent emails and open forms still work."""

from collections.abc import Callable

from fastapi import Request
from starlette.responses import RedirectResponse, Response

from web.kit.deps import Router, public
from web.kit.own_address import query

router = Router(dependencies=[public])

OLD_ADDRESSES = {
    "/hand-overs": "/clinical-reviews",
    "/hand-overs/{id:int}": "/clinical-reviews/{id}",
    "/hand-overs/{id:int}/acknowledgement": "/clinical-reviews/{id}/acknowledgement",
    "/hand-overs/{id:int}/outcome": "/clinical-reviews/{id}/outcome",
    "/tickets/{number:int}/hand-over": "/tickets/{number}/clinical-review",
}
"""The address of today for each old one; whoever may not see it is kept out there."""


def _redirect_to(address: str) -> Callable[[Request], Response]:
    def redirect(request: Request) -> Response:
        path, asked = address.format(**request.path_params), query(request.scope)
        return RedirectResponse(
            f"{path}?{asked}" if asked else path, 308
        )  # 308 keeps the method and the form

    return redirect


for old_address, new_address in OLD_ADDRESSES.items():
    router.add_api_route(old_address, _redirect_to(new_address), methods=["GET", "POST"])
