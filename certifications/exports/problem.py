"""RFC 9457 problem documents: the body of every JSON error."""

from http import HTTPStatus

from django import forms

CONTENT_TYPE = "application/problem+json"


def problem(status: int, detail: str, errors: list[dict] | None = None) -> dict:
    """`errors` names each faulty parameter and says, in the reader's language, what to do."""
    body = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": int(status),
        "detail": detail,
    }
    return body | ({"errors": errors} if errors else {})


def errors_of(form: forms.Form) -> list[dict]:
    """The faults of a form as parameter and sentence."""
    return [
        {"parameter": name, "message": str(sentence)}
        for name, sentences in form.errors.items()
        for sentence in sentences
    ]
