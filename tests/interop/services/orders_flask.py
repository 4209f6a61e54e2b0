"""A service of somebody else's, in Flask: orders_flask.py USHER_URL MAX_STALE. Prints its URL."""

import logging
import sys

from flask import Flask
from usher_verify.flask import Usher, get_jwt_identity, jwt_required
from werkzeug.serving import make_server

app = Flask("orders")
app.config.update(USHER_URL=sys.argv[1], USHER_MAX_STALE=float(sys.argv[2]))
usher = Usher(app)


@app.get("/orders")
@jwt_required()
def orders():
    return {"user": get_jwt_identity()}


@app.get("/status")
def status():
    return {"streaming": usher.verifier.status()["streaming"]}


logging.getLogger("werkzeug").setLevel(logging.ERROR)
server = make_server("127.0.0.1", 0, app, threaded=True)
print(f"http://127.0.0.1:{server.server_port}", flush=True)
server.serve_forever()
