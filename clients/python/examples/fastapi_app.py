"""A FastAPI service behind Usher: `USHER_URL=http://127.0.0.1:8080 uvicorn fastapi_app:app --port 5000`."""

# start
import os

from fastapi import Depends, FastAPI, Request
from fastapi.responses import JSONResponse
from fastapi.security import HTTPBearer

from usher_verify import Refused, Verifier

app = FastAPI()
verifier = Verifier(os.environ.get("USHER_URL", "http://127.0.0.1:8080"))
scheme = HTTPBearer(auto_error=False)  # for the page at /docs; the verifier reads the header itself


def user(**demands):
    """Depends(user()), Depends(user(fresh=True)), Depends(user(role="ADMIN")): the claims of who asks."""

    def checked(request: Request, _=Depends(scheme)):
        return verifier.authorize(request.headers.getlist("authorization"), **demands)

    return Depends(checked)


@app.exception_handler(Refused)
def refuse(_request: Request, no: Refused):
    return JSONResponse(no.problem(), no.status, no.headers, media_type="application/problem+json")


@app.get("/orders")
def orders(claims: dict = user()):
    return {"orders_of": claims["sub"]}
# end


@app.get("/")
def front_page(request: Request):
    sent = request.headers.getlist("authorization")
    return {"hello": verifier.authorize(sent)["sub"] if sent else "stranger"}


@app.delete("/orders")
def delete_orders(claims: dict = user(fresh=True)):
    return {"deleted_of": claims["sub"]}


@app.post("/payments")
def pay(claims: dict = user(max_age=300)):
    return {"paid_by": claims["sub"], "password_shown": claims["auth_time"]}


@app.get("/reports")
def reports(claims: dict = user(role="ADMIN")):
    return {"reports_for": claims["role"]}


@app.on_event("shutdown")
def stop_listening():
    verifier.close()
