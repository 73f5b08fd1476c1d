"""A real provider of OpenID Connect (django-oauth-toolkit) in its own process, on PORT, with its FOLDER.

`claims.json` in the folder has by user name what the provider says of them; it is read for each token.
"""

import json
import os
import sys
from pathlib import Path
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import django
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from django.conf import settings
from django.core.management import call_command

PORT, FOLDER = int(sys.argv[1]), Path(sys.argv[2])
PASSWORD = "seven dry umbrellas"
CLIENT_ID, SECRET = "navigator-desk", "a secret of the desk"

LOG_IN_PAGE = """<!doctype html><html lang="en"><title>Your organisation</title>
<form method="post">{% csrf_token %}{{ form.as_p }}<button>Log in</button></form>"""


def _private_key() -> str:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    form, kind = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    return key.private_bytes(form, kind, serialization.NoEncryption()).decode()


os.environ["DJANGO_SETTINGS_MODULE"] = ""
settings.configure(
    DEBUG=False,
    SECRET_KEY="of a provider that does not exist",
    ALLOWED_HOSTS=["127.0.0.1"],
    ROOT_URLCONF=__name__,
    LOGIN_URL="/log-in/",
    USE_TZ=True,
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": FOLDER / "provider.db"}},
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    INSTALLED_APPS=[
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "django.contrib.sessions",
        "oauth2_provider",
    ],
    MIDDLEWARE=[
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
    ],
    TEMPLATES=[
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "APP_DIRS": True,
            "OPTIONS": {
                "context_processors": [
                    "django.template.context_processors.request",
                    "django.contrib.auth.context_processors.auth",
                ],
            },
        }
    ],
    PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
    OAUTH2_PROVIDER={
        "OIDC_ENABLED": True,
        "OIDC_RSA_PRIVATE_KEY": _private_key(),
        "OIDC_RP_INITIATED_LOGOUT_ENABLED": True,
        "PKCE_REQUIRED": True,
        "SCOPES": {"openid": "Who you are", "profile": "Your name", "email": "Your email address"},
        "OAUTH2_VALIDATOR_CLASS": f"{__name__}.Claims",
        "ALLOWED_REDIRECT_URI_SCHEMES": ["http"],
    },
)
django.setup()

from django.contrib.auth import views as auth_views  # noqa: E402
from django.contrib.auth.models import User  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.http import HttpResponse  # noqa: E402
from django.template import engines  # noqa: E402
from django.urls import include, path  # noqa: E402
from oauth2_provider.models import Application  # noqa: E402
from oauth2_provider.oauth2_validators import OAuth2Validator  # noqa: E402


class Claims(OAuth2Validator):  # type: ignore[misc]
    """What it says of somebody besides who they are."""

    oidc_claim_scope = None

    def get_additional_claims(self, request: Any) -> dict[str, Any]:
        """The claims of a user, as they stand in the file now."""
        said = json.loads((FOLDER / "claims.json").read_text())
        return dict(said.get(request.user.username, {}))


class LogIn(auth_views.LoginView):  # type: ignore[misc]
    """The provider's own log-in page, which lies in no file."""

    def render_to_response(self, context: dict[str, Any], **_: Any) -> HttpResponse:
        """Its page."""
        return HttpResponse(engines["django"].from_string(LOG_IN_PAGE).render(context, self.request))


urlpatterns = [
    path("o/", include("oauth2_provider.urls", namespace="oauth2_provider")),
    path("log-in/", LogIn.as_view()),
]


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Quiet(WSGIRequestHandler):
    def log_message(self, *_: Any) -> None:
        """Nothing."""


def serve() -> None:
    """Make the provider's database, its users and this desk as its client, then serve."""
    call_command("migrate", verbosity=0, interactive=False)
    for name in json.loads((FOLDER / "claims.json").read_text()):
        User.objects.create_user(name, password=PASSWORD)
    desks = (FOLDER / "desks").read_text().split()
    Application.objects.create(
        name="Navigator Desk",
        client_id=CLIENT_ID,
        client_secret=SECRET,
        client_type=Application.CLIENT_CONFIDENTIAL,
        authorization_grant_type=Application.GRANT_AUTHORIZATION_CODE,
        redirect_uris=" ".join(f"{desk}/log-in/with/works/answer" for desk in desks),
        post_logout_redirect_uris=" ".join(f"{desk}/log-in" for desk in desks),
        algorithm=Application.RS256_ALGORITHM,
        skip_authorization=True,
    )
    with make_server("127.0.0.1", PORT, get_wsgi_application(), _Server, _Quiet) as server:
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        server.serve_forever()


if __name__ == "__main__":
    serve()
