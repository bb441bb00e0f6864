"""Under what terms, by whom and how the data is handed out: one wording for every output."""

from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext as _

NAME = "DGA Open Government License"
NAME_TH = "ข้อกำหนดและเงื่อนไขการอนุญาตให้ใช้ข้อมูลภาครัฐแบบเปิดของ สพร."
URL = "https://data.go.th/th/pages/dga-open-government-license"


@dataclass(frozen=True)
class Owner:
    """Who answers for the data; the operator sets it, and until then nobody is made up."""

    name: str
    contact: str
    email: str


def owner() -> Owner:
    return Owner(
        settings.DATA_OWNER or _("ผู้ดูแลทะเบียนนี้ (ยังไม่ระบุหน่วยงานเจ้าของข้อมูล)"),
        settings.DATA_CONTACT or _("ผู้ดูแลทะเบียนนี้"),
        settings.DATA_EMAIL,
    )


def summary() -> dict:
    """The licence as every JSON answer carries it."""
    return {"name": NAME, "url": URL}
