"""The README's walk, line by line, as a newcomer pastes it."""

import re
import subprocess

from usher_server import ROOT, UsherServer


def test_the_walk_works_as_written():
    walk = re.search(r"```sh walk\n(.*?)```", (ROOT / "README.md").read_text(), re.S)[1]
    with UsherServer() as server:
        walk = walk.replace("http://127.0.0.1:8080", server.url)
        done = subprocess.run(["bash", "-e", "-o", "pipefail"], input=walk, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    out = done.stdout
    assert '"Ada Lovelace"' in out
    assert "\n2\n" in out
    assert "HTTP/1.1 401" in out and 'error="insufficient_user_authentication"' in out and "token_not_fresh" in out
    assert '"countess@example.org"' in out
    assert out.rstrip().splitlines()[-2:] == ['"session_ended"', '"session_ended"']
