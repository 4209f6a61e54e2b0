"""Holds answers against the OpenAPI document that the server itself gives out."""

from __future__ import annotations

import re

import jsonschema
import requests

METHODS = ("get", "post", "put", "patch", "delete")
OAUTH_ERRORS = {"invalid_request", "invalid_client", "insufficient_scope"}  # RFC 6749 5.2: as application/json


class Contract:
    def __init__(self, document: dict):
        self.document = document
        self.operations = [
            (method.upper(), path, operation)
            for path, item in document["paths"].items()
            for method, operation in item.items()
            if method in METHODS
        ]
        self._patterns = [
            (re.compile("^" + re.sub(r"\{[^}]+\}", "[^/]+", path) + "$"), path)
            for path in sorted(document["paths"], key=lambda p: p.count("{"))
        ]

    def operation(self, method: str, path: str) -> dict:
        for pattern, template in self._patterns:
            operation = self.document["paths"][template].get(method.lower())
            if operation and pattern.match(path.split("?")[0]):
                return operation
        raise AssertionError(f"{method} {path} is not documented")

    def check(self, answer: requests.Response) -> None:
        """The status is documented for this operation, and the body is what the document says."""
        request = answer.request
        path = re.sub(r"^https?://[^/]+", "", request.url)
        operation = self.operation(request.method, path)
        status = str(answer.status_code)
        where = f"{request.method} {path} -> {status} {answer.text[:300]}"
        assert status in operation["responses"], f"undocumented status: {where}"
        content = self._resolved(operation["responses"][status]).get("content")
        if not content:
            assert answer.content == b"", f"undocumented body: {where}"
            return
        media_type = answer.headers["Content-Type"].split(";")[0]
        assert media_type in content, f"undocumented type {media_type}: {where}"
        if media_type.endswith("json"):
            self.validate(answer.json(), content[media_type]["schema"], where)
        if status.startswith(("4", "5")):
            self.check_problem(answer)

    def check_problem(self, answer: requests.Response) -> None:
        body = answer.json()
        of_oauth = body["error"] in OAUTH_ERRORS
        media_type = "application/json" if of_oauth else "application/problem+json"
        assert answer.headers["Content-Type"].split(";")[0] == media_type
        assert ("error_description" in body) == of_oauth
        assert body["status"] == body["code"] == answer.status_code
        assert body["type"] == f"urn:usher:problem:{body['error']}"
        assert body["title"] == body["message"] and body["detail"]
        assert body["instance"] == f"urn:request:{answer.headers['X-Request-Id']}"
        if answer.status_code == 401:
            scheme = "Basic " if body["error"] == "invalid_client" else "Bearer "
            assert answer.headers["WWW-Authenticate"].startswith(scheme)
        if answer.status_code in (429, 503):
            assert int(answer.headers["Retry-After"]) > 0

    def validate(self, value, schema: dict, where: str = "") -> None:
        try:
            jsonschema.Draft202012Validator(
                {**schema, "components": self.document["components"]}
            ).validate(value)
        except jsonschema.ValidationError as error:
            raise AssertionError(f"{where}: {error.message} at {list(error.absolute_path)}") from error

    def _resolved(self, node: dict) -> dict:
        while "$ref" in node:
            target = self.document
            for part in node["$ref"].removeprefix("#/").split("/"):
                target = target[part]
            node = target
        return node
