"""The OpenID Connect provider of the tests: Django OAuth Toolkit, as somebody's organisation would run it.

A program of its own (`python -m tests.oidc.provider_program`): it shares nothing with Yanshu but the
network. People sign in with a password in its form and allow what is asked on its page.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import django
from django.conf import settings
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import include, path

PASSWORD = "a-good-password"
CLIENT_ID = "yanshu"
CLIENT_SECRET = "a secret: with 中文 & signs"
PEOPLE = ("liu", "zhao", "qian")
_FORM = '<form method="post">{% csrf_token %}{{ form }}<input type="submit"></form>'


def configure(arguments: argparse.Namespace) -> None:
    """Django's settings, as its documentation has them for a small site."""
    settings.configure(
        SECRET_KEY="of-the-tests",
        ALLOWED_HOSTS=["*"],
        ROOT_URLCONF=__name__,
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
                "OPTIONS": {
                    "context_processors": ["django.template.context_processors.request"],
                    "loaders": [
                        (
                            "django.template.loaders.locmem.Loader",
                            {
                                "registration/login.html": _FORM,
                                "oauth2_provider/base.html": "{% block content %}{% endblock %}",
                            },
                        ),
                        "django.template.loaders.app_directories.Loader",
                    ],
                },
            }
        ],
        DATABASES={
            "default": {"ENGINE": "django.db.backends.sqlite3", "NAME": str(arguments.database)}
        },
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
        SESSION_COOKIE_NAME="provider_session",
        CSRF_COOKIE_NAME="provider_csrf",
        USE_TZ=True,
        LOGIN_URL="/accounts/login/",
        OAUTH2_PROVIDER={
            "OIDC_ENABLED": True,
            "OIDC_ISS_ENDPOINT": arguments.issuer,
            "OIDC_RSA_PRIVATE_KEY": arguments.key.read_text(),
            "SCOPES": {"openid": "who you are"},
            "PKCE_REQUIRED": True,
        },
    )


def register(request: HttpRequest) -> HttpResponse:
    """What an administrator does in the provider's own pages: enter where browsers may be sent back to."""
    from oauth2_provider.models import Application

    wanted = json.loads(request.body)
    Application.objects.update_or_create(
        client_id=CLIENT_ID,
        defaults={
            "name": "Yanshu",
            "client_secret": CLIENT_SECRET,
            "client_type": Application.CLIENT_CONFIDENTIAL,
            "authorization_grant_type": Application.GRANT_AUTHORIZATION_CODE,
            "redirect_uris": wanted["redirect_uri"],
            "algorithm": Application.RS256_ALGORITHM,
        },
    )
    return HttpResponse("registered")


urlpatterns: list[object] = []


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Nothing."""


def main() -> None:
    """Serve until killed; says `ready PORT` when it can be asked."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--issuer", required=True)
    parser.add_argument("--database", type=Path, required=True)
    parser.add_argument("--key", type=Path, required=True)
    arguments = parser.parse_args()
    configure(arguments)
    django.setup()
    from django.contrib.auth import get_user_model
    from django.contrib.auth.views import LoginView
    from django.views.decorators.csrf import csrf_exempt

    urlpatterns.extend(
        [
            path("control/register", csrf_exempt(register)),
            path("accounts/login/", LoginView.as_view(), name="login"),
            path("", include("oauth2_provider.urls", namespace="oauth2_provider")),
        ]
    )
    if not arguments.database.exists():
        call_command("migrate", verbosity=0, interactive=False)
        for name in PEOPLE:
            get_user_model().objects.create_user(username=name, password=PASSWORD)
    server = make_server(
        "127.0.0.1",
        arguments.port,
        get_wsgi_application(),
        server_class=_Server,
        handler_class=_Quiet,
    )
    sys.stdout.write(f"ready {server.server_port}\n")
    sys.stdout.flush()
    server.serve_forever()


if __name__ == "__main__":
    main()
