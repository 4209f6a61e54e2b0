"""A Django service behind Usher in one file:
`USHER_URL=http://127.0.0.1:8080 python3 django_app.py runserver 5000`."""

import os
import secrets
import sys
from functools import wraps

from django.conf import settings
from django.core.management import execute_from_command_line
from django.core.wsgi import get_wsgi_application
from django.http import JsonResponse
from django.urls import path

from usher_verify import Refused, Verifier

if not settings.configured:
    settings.configure(
        ALLOWED_HOSTS=["127.0.0.1", "localhost", "testserver"],
        MIDDLEWARE=[f"{__name__}.UsherMiddleware"],
        ROOT_URLCONF=__name__,
        SECRET_KEY=secrets.token_hex(),
    )

# start
verifier = Verifier(os.environ.get("USHER_URL", "http://127.0.0.1:8080"))


class UsherMiddleware:
    """Answers refusals; in MIDDLEWARE of settings.py."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_exception(self, _request, no):
        if isinstance(no, Refused):
            kind = "application/problem+json"
            return JsonResponse(no.problem(), status=no.status, headers=no.headers, content_type=kind)


def usher_required(optional=False, **demands):
    """@usher_required(), @usher_required(fresh=True), @usher_required(role="ADMIN"): sets request.claims."""

    def protect(view):
        @wraps(view)
        def protected(request, *args, **kwargs):
            sent = request.headers.get("Authorization")
            request.claims = None if optional and sent is None else verifier.authorize(sent, **demands)
            return view(request, *args, **kwargs)

        return protected

    return protect


@usher_required()
def orders(request):
    return JsonResponse({"orders_of": request.claims["sub"]})
# end


@usher_required(optional=True)
def front_page(request):
    return JsonResponse({"hello": request.claims["sub"] if request.claims else "stranger"})


@usher_required(fresh=True)
def delete_orders(request):
    return JsonResponse({"deleted_of": request.claims["sub"]})


@usher_required(max_age=300)
def pay(request):
    return JsonResponse({"paid_by": request.claims["sub"], "password_shown": request.claims["auth_time"]})


@usher_required(role="ADMIN")
def reports(request):
    return JsonResponse({"reports_for": request.claims["role"]})


def orders_by_method(request):
    return delete_orders(request) if request.method == "DELETE" else orders(request)


urlpatterns = [
    path("", front_page),
    path("orders", orders_by_method),
    path("payments", pay),
    path("reports", reports),
]
application = get_wsgi_application()

if __name__ == "__main__":
    execute_from_command_line(sys.argv)
