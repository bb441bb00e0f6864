"""The lists of the desk, in the order of staff's work rather than of the program's parts."""

from django.utils.translation import gettext_lazy as _

SECTIONS = [
    (_("งานประจำวัน"), ["Intake", "Proposal"]),
    (
        _("ผลการรับรอง"),
        ["Award", "AwardEvent", "RoundDeclaration", "AnnouncedFigure", "Criterion"],
    ),
    (_("หน่วยงาน"), ["Agency", "AgencySuccession", "MergeLog"]),
    (
        _("ต้องตรวจสอบ"),
        ["AwardToReview", "AgencyToReview", "EventToReview", "AcceptedDoubt"],
    ),
    (_("ข้อมูลอ้างอิง"), ["CertificationLevel", "Service", "Source", "LoadedRecord"]),
    (_("การค้นหา"), ["SearchWord", "PlaceName", "MissedQuery"]),
    (_("ประวัติ"), ["Change"]),
    (_("บัญชีและความปลอดภัย"), ["User", "Group", "AccessEvent", "AccountChange"]),
]
REST = _("รายการอื่น")


def sections_of(app_list: list[dict]) -> list[dict]:
    """What an account may open, in sections; lists that no section names come last."""
    left = {model["object_name"]: model for app in app_list for model in app["models"]}
    sections = [
        {"title": title, "models": [left.pop(name) for name in names if name in left]}
        for title, names in SECTIONS
    ]
    sections.append({"title": REST, "models": list(left.values())})
    return [section for section in sections if section["models"]]
