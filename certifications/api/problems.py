"""Problem documents (RFC 9457) for errors, in the reader's language."""

from django import forms
from django.http import Http404
from django.utils.translation import gettext as _
from rest_framework import exceptions, serializers, status
from rest_framework.response import Response
from rest_framework.views import set_rollback

from certifications.exports.problem import CONTENT_TYPE, errors_of, problem
from certifications.models.public import NotPublic, WithdrawnFromView


class BadParameters(exceptions.APIException):
    """Parameters that cannot be read; `errors` names each with its sentence."""

    status_code = status.HTTP_400_BAD_REQUEST

    def __init__(self, errors: list[dict]):
        super().__init__(" ".join(error["message"] for error in errors))
        self.errors = errors

    @classmethod
    def of(cls, form: forms.Form) -> "BadParameters":
        return cls(errors_of(form))


class Gone(exceptions.APIException):
    """A record that was public once."""

    status_code = status.HTTP_410_GONE


def answer(fault: Exception, context: dict) -> Response | None:
    """DRF's exception handler; None leaves what nobody expected to Django."""
    if isinstance(fault, Http404 | NotPublic):
        fault = exceptions.NotFound(str(fault))
    if isinstance(fault, WithdrawnFromView):
        fault = Gone(str(fault))
    if not isinstance(fault, exceptions.APIException):
        return None
    set_rollback()
    content = problem(fault.status_code, _sentence(fault), getattr(fault, "errors", None))
    headers = {"Allow": ", ".join(context["view"].allowed_methods)}
    if getattr(fault, "wait", None):
        headers["Retry-After"] = str(int(fault.wait) + 1)
    return Response(content, fault.status_code, headers=headers, content_type=CONTENT_TYPE)


def _sentence(fault: exceptions.APIException) -> str:
    """Our own words where DRF would speak its own."""
    if isinstance(fault, exceptions.Throttled):
        return _("ขอข้อมูลถี่เกินกำหนด รอสักครู่แล้วลองใหม่ ถ้าต้องการทั้งทะเบียนให้ใช้ไฟล์ที่ /data/")
    if isinstance(fault, exceptions.MethodNotAllowed):
        return _("API นี้อ่านได้อย่างเดียว ใช้วิธี GET หรือ HEAD")
    if isinstance(fault, exceptions.NotAcceptable):
        return _("API นี้ตอบเป็น JSON เท่านั้น ส่ง Accept: application/json หรือไม่ส่งเลย")
    return str(fault.detail)


class FaultSerializer(serializers.Serializer):
    parameter = serializers.CharField()
    message = serializers.CharField()


class ProblemSerializer(serializers.Serializer):
    """RFC 9457."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    errors = FaultSerializer(many=True, required=False)
