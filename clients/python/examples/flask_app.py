"""A Flask service behind Usher: `USHER_URL=http://127.0.0.1:8080 flask --app flask_app run --port 5000`."""

# start
import os

from flask import Flask

from usher_verify.flask import Usher, current_user, get_jwt, get_jwt_identity, jwt_required

app = Flask(__name__)
app.config["USHER_URL"] = os.environ.get("USHER_URL", "http://127.0.0.1:8080")
usher = Usher(app)


@app.get("/orders")
@jwt_required()
def orders():
    return {"orders_of": get_jwt_identity()}
# end


@app.get("/")
@jwt_required(optional=True)
def front_page():
    return {"hello": get_jwt_identity() or "stranger"}


@app.delete("/orders")
@jwt_required(fresh=True)
def delete_orders():
    return {"deleted_of": get_jwt_identity()}


@app.post("/payments")
@jwt_required(max_age=300)
def pay():
    return {"paid_by": get_jwt_identity(), "password_shown": get_jwt()["auth_time"]}


@app.get("/reports")
@jwt_required(role="ADMIN")
def reports():
    return {"reports_for": current_user.role}
