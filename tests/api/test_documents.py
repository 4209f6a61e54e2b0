"""The documents made from the route table, held against tools of others."""

import json
import subprocess
from pathlib import Path

from usher_server import UsherServer

NPM = Path(__file__).resolve().parents[1] / "npm"
NODE = NPM / "node_modules/.bin/node"


def node_tool(script, *args, **kwargs):
    return subprocess.run([NODE, NPM / "node_modules" / script, *args], capture_output=True, text=True, timeout=300,
                          cwd=NPM, env={"REDOCLY_TELEMETRY": "off", "PATH": f"{NODE.parent}:/usr/bin:/bin"}, **kwargs)


def test_the_openapi_linter_has_no_error(usher, tmp_path):
    document = tmp_path / "openapi.json"
    document.write_text(usher.get("/openapi.json").text)
    done = node_tool("@redocly/cli/bin/cli.js", "lint", str(document), "--extends=recommended", "--format=json")
    totals = json.loads(done.stdout)["totals"]
    assert totals["errors"] == 0, done.stdout


def test_every_route_says_all_of_itself(contract):
    for method, path, operation in contract.operations:
        where = f"{method} {path}"
        assert operation["operationId"] and operation["summary"] and operation["x-guard"], where
        assert any(status.startswith("2") for status in operation["responses"]), where
        if operation["x-guard"] != "open":
            assert operation["security"], where


def test_newman_runs_the_collection_without_a_failure(tmp_path):
    with UsherServer() as fresh:
        collection, environment = tmp_path / "collection.json", tmp_path / "environment.json"
        collection.write_text(fresh.cli("openapi", "--postman").stdout)
        environment.write_text(fresh.cli("openapi", "--postman-environment").stdout)
        done = node_tool("newman/bin/newman.js", "run", str(collection), "-e", str(environment), "--env-var",
                         f"base_url={fresh.url}", "--reporters", "cli", "--color", "off")
        assert done.returncode == 0, done.stdout[-6000:]


def test_the_docs_page_needs_nothing_from_elsewhere(usher):
    page = usher.get("/docs")
    assert page.status_code == 200 and page.headers["Content-Type"].startswith("text/html")
    assert "https://" not in page.text and "http://" not in page.text
