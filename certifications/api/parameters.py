"""The parameters of the API, as its OpenAPI document describes them."""

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample, OpenApiParameter

from certifications.listing.criteria import RAISED, UNKNOWN
from certifications.listing.form import SORTS, STATES
from certifications.models.agencies import CODE_REGEX
from certifications.models.events import EVENT_CODE_REGEX
from certifications.reference import provinces

MAX_PAGE_SIZE = 100
USUAL_PAGE_SIZE = 25
MAX_PAGE = 1_000_000


# A form leaves empty what nobody chose, so an empty value asks for nothing.
def _one(name: str, about, example: str = "", **schema) -> OpenApiParameter:
    shape = {"type": "string"} | schema
    return OpenApiParameter(name, shape, description=about, examples=_examples(example))


def _several(name: str, about, example: str = "", **schema) -> OpenApiParameter:
    """Repeated to mean either: level=advanced&level=excellent."""
    shape = {"type": "array", "items": {"type": "string"} | schema}
    return OpenApiParameter(
        name, shape, description=about, explode=True, style="form", examples=_examples(example)
    )


def _examples(value: str) -> list[OpenApiExample]:
    return [OpenApiExample(value, value=value)] if value else []


ON = _one("on", _("สถานะ ณ วันใด เช่น 2024-12-31 ถ้าไม่ระบุคือวันนี้ตามเวลาไทย"), "2024-12-31")
FILTERS = [
    _one("q", _("คำค้น ไม่เกิน 200 ตัวอักษร"), "แรงงาน แพร่", maxLength=200),
    _several(
        "province",
        _("รหัสจังหวัดสองหลัก"),
        "54",
        enum=["", *(place.code for place in provinces.ALL), UNKNOWN],
    ),
    _several("service", _("รหัสงานบริการ จาก /api/v1/services/ หรือ unknown"), "employment"),
    _several("level", _("รหัสระดับ จาก /api/v1/levels/ หรือ unknown"), "excellent"),
    _several("year", _("ปีที่รับรอง พ.ศ. สี่หลัก หรือ unknown"), "2568"),
    _several("state", _("สถานะ ณ วันที่ถาม"), "in_force", enum=["", *dict(STATES)]),
    _several("change", _("เทียบกับการรับรองครั้งก่อน"), enum=["", RAISED]),
    _several("ministry", _("รหัสหน่วยงานของกระทรวง")),
    _several("department", _("รหัสหน่วยงานของกรมหรือต้นสังกัด")),
    ON,
]
OF_CEREMONIES = [
    _several("year", _("ปีที่รับรอง พ.ศ. สี่หลัก"), "2568"),
    _several(
        "province",
        _("รหัสจังหวัดสองหลักของที่จัดพิธี"),
        "12",
        enum=["", *(place.code for place in provinces.ALL)],
    ),
]
SORT = _one("sort", _("ลำดับของแถว"), "recent", enum=["", *SORTS])
AGENCY_CODE = OpenApiParameter(
    "code",
    {"type": "string", "pattern": f"^{CODE_REGEX}$"},
    OpenApiParameter.PATH,
    required=True,
    description=_("รหัสถาวรของหน่วยงาน"),
    examples=_examples("7jaxrw"),
)
EVENT_CODE = OpenApiParameter(
    "code",
    {"type": "string", "pattern": f"^{EVENT_CODE_REGEX}$"},
    OpenApiParameter.PATH,
    required=True,
    description=_("รหัสพิธีมอบ ปี พ.ศ. และ -2 สำหรับครั้งที่สองของปี"),
    examples=_examples("2565"),
)
PAGING = [
    OpenApiParameter(
        "page",
        {"type": "integer", "minimum": 1, "maximum": MAX_PAGE, "default": 1},
        description=_("หน้าที่ เริ่มจาก 1"),
    ),
    OpenApiParameter(
        "page_size",
        {
            "type": "integer",
            "minimum": 1,
            "maximum": MAX_PAGE_SIZE,
            "default": USUAL_PAGE_SIZE,
        },
        description=_("จำนวนแถวต่อหน้า"),
    ),
]
