"""Response schemas for the OpenAPI document, made from the declared columns."""

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, inline_serializer
from rest_framework import serializers

from certifications.api.problems import ProblemSerializer
from certifications.exports.columns.column import (
    ADDRESS,
    DATE,
    NUMBER,
    TEXT,
    TIME,
    WHOLE,
    YES_NO,
    Column,
)

FIELDS = {
    TEXT: serializers.CharField,
    WHOLE: serializers.IntegerField,
    NUMBER: serializers.FloatField,
    YES_NO: serializers.BooleanField,
    DATE: serializers.DateField,
    TIME: serializers.TimeField,
    ADDRESS: serializers.URLField,
}
# An office as the register shows it, so that nothing here is made up.
EXAMPLE = {
    "code": "7jaxrw",
    "agency_code": "7jaxrw",
    "name_th": "สำนักงานจัดหางานจังหวัดแพร่",
    "agency_th": "สำนักงานจัดหางานจังหวัดแพร่",
    "name_en": "Phrae Provincial Employment Office",
    "agency_en": "Phrae Provincial Employment Office",
    "kind": "office",
    "ministry_code": "c5tnbc",
    "ministry_th": "กระทรวงแรงงาน",
    "parent_code": "cjsfp6",
    "parent_th": "กรมการจัดหางาน",
    "province_code": "54",
    "province_th": "แพร่",
    "province_en": "Phrae",
    "service_code": "employment",
    "service_th": "จัดหางาน",
    "year_be": 2565,
    "year_ce": 2022,
    "level_code": "basic",
    "level_th": "ระดับพื้นฐาน",
    "level_en": "Basic",
    "state": "in_force",
    "state_th": "การรับรองยังมีผล",
    "is_last_year": True,
    "counts_until": "2024-12-31",
    "event_code": "2565",
    "held_on": "2022-09-28",
    "years_be": "2565",
    "sources": "https://www.thaigov.go.th/news/contents/details/88400",
    "url": "https://gecc.example/agencies/7jaxrw/",
    "version": "5f0c2a9b71de",
}


def record(name: str, fields: dict[str, serializers.Field]) -> type[serializers.Serializer]:
    """A shape by the name it has in the document."""
    return type(inline_serializer(name, fields))


def row(
    name: str, of: tuple[Column, ...], **more: serializers.Field
) -> type[serializers.Serializer]:
    """A record of these columns, and of what else a single record carries."""
    return record(name, {column.name: _field(column) for column in of} | more)


def _field(column: Column) -> serializers.Field:
    words = [f"{column.title_en} · {column.title_th}", column.about_en, column.about_th]
    facts = {"help_text": "\n\n".join(filter(None, words)), "allow_null": not column.always}
    if column.choices:
        return serializers.ChoiceField(column.choices.choices, **facts)
    return FIELDS[column.type](**facts)


def page(
    name: str, of: type[serializers.Serializer], **more: serializers.Field
) -> type[serializers.Serializer]:
    """A page of records with the addresses of those before and after it."""
    envelope = {
        "count": serializers.IntegerField(min_value=0),
        "next": serializers.URLField(allow_null=True),
        "previous": serializers.URLField(allow_null=True),
    }
    return record(name, envelope | more | {"results": of(many=True)})


def example(of: tuple[Column, ...]) -> OpenApiExample:
    """A page of one row; what is not known is null."""
    record = {column.name: EXAMPLE.get(column.name) for column in of}
    content = {"count": 1, "next": None, "previous": None, "on": "2024-11-25", "results": [record]}
    return OpenApiExample("one", value=content, response_only=True, status_codes=["200"])


def found(of: type[serializers.Serializer]) -> dict:
    return {200: OpenApiResponse(of, _("คำตอบ"))}


def problems(*statuses: int) -> dict:
    """Status → the problem document, for the statuses an address may answer with."""
    content = {
        400: _("อ่านพารามิเตอร์ไม่ได้ errors บอกว่าตัวใดและเพราะอะไร"),
        404: _("ไม่มีระเบียนนี้ หรือไม่มีหน้านี้"),
        406: _("ขอรูปแบบอื่นที่ไม่ใช่ JSON"),
        410: _("เคยเผยแพร่และถูกถอนจากการเผยแพร่แล้ว"),
        429: _("ขอถี่เกินกำหนด Retry-After บอกว่าให้รอกี่วินาที"),
    }
    return {
        (status, "application/problem+json"): OpenApiResponse(ProblemSerializer, content[status])
        for status in (*statuses, 406, 429)
    }
