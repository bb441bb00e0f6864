"""Forms of intakes: upload, description, row corrections."""

from pathlib import Path

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from certifications.intake.reading import pasted
from certifications.intake.reading.files import MOST_BYTES
from certifications.intake.reading.headings import FIELDS
from certifications.intake.review import stored
from certifications.models import (
    Agency,
    AwardEvent,
    CertificationLevel,
    Intake,
    IntakeRow,
    Service,
    Source,
)
from certifications.models.values import plain
from certifications.reference import buddhist, provinces, thai
from certifications.reference.fields import (
    BuddhistDateField,
    BuddhistYearField,
    ThaiTextField,
    WebAddressField,
)
from certifications.reference.limits import LONGEST_REASON

LONGEST_TITLE = 200
MOST_OFFERED = 500  # names in a list to choose from while typing


def _places() -> list[tuple[str, str]]:
    return [("", _("ไม่ระบุ")), *((place.code, place.name) for place in provinces.ALL)]


class AboutForm(forms.Form):
    """What staff say of a whole intake."""

    title = ThaiTextField(
        label=gettext_lazy("ชื่อชุด"),
        max_length=LONGEST_TITLE,
        required=False,
        help_text=gettext_lazy("เช่น กรมการขนส่งทางบก 2566 เว้นว่างได้ จะใช้ชื่อไฟล์หรือบรรทัดแรก"),
    )
    year = BuddhistYearField(
        label=gettext_lazy("ปีที่รับรอง (พ.ศ.)"),
        required=False,
        help_text=gettext_lazy("ใช้กับแถวที่ไม่ระบุปี แถวที่ระบุปีอื่นจะถูกเตือน"),
    )
    event = forms.ModelChoiceField(
        label=gettext_lazy("พิธีมอบ"),
        queryset=AwardEvent.objects.none(),
        required=False,
        empty_label=gettext_lazy("ไม่ระบุ"),
    )
    level = forms.ModelChoiceField(
        label=gettext_lazy("ระดับ"),
        queryset=CertificationLevel.objects.none(),
        required=False,
        empty_label=gettext_lazy("ไม่ระบุ"),
        help_text=gettext_lazy("ใช้กับแถวที่ไม่ระบุระดับ"),
    )
    source = WebAddressField(
        label=gettext_lazy("แหล่งที่มา (ที่อยู่เว็บ)"),
        max_length=1000,
        required=False,
        help_text=gettext_lazy("ที่อยู่ของประกาศหรือข่าว เลือกจากที่มีอยู่หรือพิมพ์ใหม่ ต้องมีก่อนบันทึก"),
        widget=forms.URLInput(attrs={"list": "known-sources", "class": "vURLField"}),
    )

    def __init__(self, *args, intake: Intake, **kwargs):
        self.intake = intake
        stored_values = {
            "title": intake.title,
            "year": intake.year,
            "event": intake.event,
            "level": intake.level,
            "source": intake.source.url if intake.source else "",
        }
        super().__init__(*args, initial=stored_values, **kwargs)
        self.fields["event"].queryset = AwardEvent.objects.all()
        self.fields["level"].queryset = CertificationLevel.objects.order_by("rank")

    @staticmethod
    def known_sources():
        return Source.objects.all()[:MOST_OFFERED]

    def clean(self):
        values = super().clean()
        event, year = values.get("event"), values.get("year")
        if event and year and event.year != year:
            self.add_error(
                "event", _("พิธีนี้เป็นของปี %(year)s เลือกพิธีของปีเดียวกัน") % {"year": event.year}
            )
        return values

    def save_to(self, intake: Intake) -> None:
        """Set the intake's fields; a source of an unknown address is made. Saves no intake."""
        values = self.cleaned_data
        intake.title = values["title"] or intake.title
        intake.event, intake.level = values["event"], values["level"]
        intake.year = values["year"] or (intake.event and intake.event.year)
        url = values["source"]
        intake.source = Source.objects.get_or_create(url=url)[0] if url else None


class StartForm(AboutForm):
    """A file, or a list pasted as text."""

    file = forms.FileField(
        label=gettext_lazy("ไฟล์ตาราง"),
        required=False,
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv"}),
        help_text=gettext_lazy("ไฟล์ .xlsx หรือ .csv"),
    )
    text = forms.CharField(
        label=gettext_lazy("หรือวางรายชื่อ"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 10, "class": "vLargeTextField"}),
        help_text=gettext_lazy("บรรทัดละหนึ่งแห่ง มีเลขลำดับหรือหัวข้อระดับก็ได้ หรือข้อความข่าวที่มีคำว่า “ได้แก่”"),
    )
    field_order = ("file", "text", "title", "year", "event", "level", "source")

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file and file.size > MOST_BYTES:
            raise ValidationError(
                _("ไฟล์ใหญ่เกิน %(most)s MB โปรดแบ่งเป็นหลายไฟล์") % {"most": MOST_BYTES // 2**20}
            )
        return file

    def clean(self):
        values = super().clean()
        has_text = bool((values.get("text") or "").strip())
        if values.get("file") and has_text:
            self.add_error("text", _("ส่งไฟล์หรือวางรายชื่ออย่างใดอย่างหนึ่ง ลบข้อความ หรือไม่ต้องเลือกไฟล์"))
        elif not values.get("file") and not has_text and "file" not in self.errors:
            self.add_error("file", _("เลือกไฟล์ หรือวางรายชื่อในช่องด้านล่าง"))
        return values

    def save_to(self, intake: Intake) -> None:
        super().save_to(intake)
        file, text = self.cleaned_data["file"], self.cleaned_data["text"]
        if file:
            intake.kind, intake.content = Intake.Kind.FILE, file.read()
            intake.file_name = thai.clean(file.name)[-LONGEST_TITLE:] or _("ไฟล์")
            default = Path(intake.file_name).stem
        else:
            intake.kind, intake.text = Intake.Kind.PASTED, text
            default = pasted.title_of(text) or _("รายการที่วาง %(day)s") % {
                "day": buddhist.format_day(timezone.localdate())
            }
        intake.title = (intake.title or default or _("รายชื่อ"))[:LONGEST_TITLE]


class MappingForm(forms.Form):
    """What each column of a table holds."""

    def __init__(self, *args, headings: list[str], mapping: dict[str, str], **kwargs):
        super().__init__(*args, **kwargs)
        self.headings = headings
        choices = [("", _("ไม่นำเข้า")), *FIELDS.items()]
        for position, heading in enumerate(headings):
            self.fields[f"column-{position}"] = forms.ChoiceField(
                label=heading, choices=choices, required=False, initial=mapping.get(heading, "")
            )

    @property
    def mapping(self) -> dict[str, str]:
        """Heading → field, of a valid form."""
        return {
            heading: self.cleaned_data[f"column-{position}"]
            for position, heading in enumerate(self.headings)
        }

    def clean(self):
        values = super().clean()
        chosen = [field for field in values.values() if field]
        if not {"name", "code"} & {*chosen}:
            raise ValidationError(_("ต้องมีคอลัมน์หนึ่งที่เป็น “ชื่อหน่วยงาน” หรือ “รหัสถาวรของหน่วยงาน”"))
        return values


class NewAgencyForm(forms.Form):
    """What a body is that the register lacks; filled with guesses."""

    name_th = ThaiTextField(label=gettext_lazy("ชื่อหน่วยงานใหม่"), max_length=300)
    kind = forms.ChoiceField(label=gettext_lazy("ประเภท"), choices=Agency.Kind)
    parent = ThaiTextField(
        label=gettext_lazy("สังกัด"),
        required=False,
        max_length=300,
        help_text=gettext_lazy("ชื่อเต็มหรือรหัสถาวร เว้นว่างได้"),
        widget=forms.TextInput(attrs={"list": "known-bodies", "class": "vTextField"}),
    )
    province = forms.ChoiceField(label=gettext_lazy("จังหวัด"), choices=_places, required=False)
    service = forms.ModelChoiceField(
        label=gettext_lazy("งานบริการ"),
        queryset=Service.objects.none(),
        required=False,
        empty_label=gettext_lazy("ไม่ระบุ"),
    )
    reason = ThaiTextField(
        label=gettext_lazy("เหตุผล ถ้ามีข้อสงสัย"), required=False, max_length=LONGEST_REASON
    )

    def __init__(self, *args, row: IntakeRow, **kwargs):
        stored_values = dict(row.new_agency)
        parent = (
            Agency.objects.filter(pk=stored_values.get("parent")).first()
            if stored_values.get("parent")
            else None
        )
        stored_values |= {"parent": parent.name_th if parent else "", "reason": row.reason}
        super().__init__(*args, initial=stored_values, prefix="new", **kwargs)
        self.fields["service"].queryset = Service.objects.all()

    @staticmethod
    def known_bodies():
        above = [kind for kind in Agency.Kind if kind not in ("office", "local_government")]
        bodies = Agency.objects.filter(kind__in=above, merged_into=None, closed_on=None)
        return bodies.values_list("name_th", flat=True)[:MOST_OFFERED]

    def clean_parent(self):
        """The one body called so."""
        said = self.cleaned_data["parent"]
        if not said:
            return None
        bodies = Agency.objects.filter(merged_into=None)
        found = list(bodies.filter(code=said.casefold())[:1] or bodies.filter(name_th=said)[:2])
        if not found:
            raise ValidationError(
                _("ไม่มีหน่วยงานชื่อ “%(name)s” ในทะเบียน พิมพ์ชื่อเต็ม") % {"name": said[:60]}
            )
        if len(found) > 1:
            raise ValidationError(_("มีหลายหน่วยงานชื่อนี้ พิมพ์รหัสถาวรแทน"))
        return found[0]

    @property
    def values(self) -> dict:
        """What `decisions.create_agency` keeps, of a valid form."""
        values = {name: self.cleaned_data[name] for name in ("name_th", "kind", "province")}
        parent, service = self.cleaned_data["parent"], self.cleaned_data["service"]
        return values | {
            "parent": parent and parent.pk,
            "parent_name": parent.name_th if parent else "",
            "service": service and service.pk,
        }


class CorrectionForm(forms.Form):
    """What a row says, to be put right where it was read or written wrongly."""

    name = ThaiTextField(label=gettext_lazy("ชื่อหน่วยงาน"), max_length=300, required=False)
    year = BuddhistYearField(label=gettext_lazy("ปีที่รับรอง (พ.ศ.)"), required=False)
    level = forms.ChoiceField(label=gettext_lazy("ระดับ"), required=False)
    score = forms.DecimalField(
        label=gettext_lazy("คะแนน"),
        required=False,
        min_value=0,
        max_value=100,
        decimal_places=2,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "size": 6}),
    )
    province = forms.ChoiceField(label=gettext_lazy("จังหวัด"), choices=_places, required=False)
    certificate_number = ThaiTextField(
        label=gettext_lazy("เลขที่ใบรับรอง"), max_length=50, required=False
    )
    known_by = BuddhistDateField(label=gettext_lazy("ทราบว่าได้รับการรับรองเมื่อ"), required=False)
    recipient = ThaiTextField(
        label=gettext_lazy("ผู้รับมอบ"),
        max_length=1000,
        required=False,
        help_text=gettext_lazy("หลายคนคั่นด้วยเครื่องหมาย ;"),
    )
    recipient_position = ThaiTextField(
        label=gettext_lazy("ตำแหน่งผู้รับมอบ"), max_length=300, required=False
    )

    def __init__(self, *args, row: IntakeRow, **kwargs):
        self.row = row
        read = stored.corrected(row)
        stored_values = {name: getattr(read, name) for name in stored.EDITABLE}
        super().__init__(*args, initial=stored_values, prefix="row", **kwargs)
        levels = CertificationLevel.objects.order_by("rank")
        self.fields["level"].choices = [
            ("", _("ไม่ระบุ")),
            *((level.code, level.name_th) for level in levels),
        ]

    @property
    def edits(self) -> dict:
        """What is to be kept as corrected; {} when it says just what was read, without a fault."""
        edits = {name: self.cleaned_data[name] for name in stored.EDITABLE}
        edits = {name: None if value == "" else plain(value) for name, value in edits.items()}
        read = stored.stored(stored.restored(self.row.read))
        is_as_read = all(edits[name] == read.get(name) for name in edits)
        return {} if is_as_read and not self.row.read.get("faults") else edits
