"""Form fields for Buddhist Era years and Thai dates, so that nothing is ever stored 543 off, and
what may be typed as a web address.
"""

import datetime

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.translation import gettext_lazy as _

from certifications.reference import buddhist, thai
from certifications.reference.language import reader_language
from certifications.reference.states import FIRST_YEAR, LAST_YEAR

# Public pages link to what is typed; Django's own rule lets ftp: through.
web_address = URLValidator(
    schemes=["http", "https"],
    message=_("ที่อยู่เว็บต้องเปิดด้วยเบราว์เซอร์ได้ เช่น https://www.example.go.th/"),
)


class WebAddressField(forms.URLField):
    """An address that a browser opens; without its beginning it is taken for https."""

    default_validators = [web_address]
    default_error_messages = {"invalid": web_address.message}

    def __init__(self, **kwargs):
        super().__init__(assume_scheme="https", **kwargs)


class ThaiTextField(forms.CharField):
    """Text in one spelling before anything is measured or compared; lines stay lines."""

    def to_python(self, value: object) -> str:
        lines = str(super().to_python(value) or "").splitlines()
        return "\n".join(map(thai.clean, lines)).strip()


class SearchField(ThaiTextField):
    """Words to look for; something that holds no letter or digit is refused, not ignored."""

    def clean(self, value: object) -> str:
        wanted = super().clean(value)
        if str(value or "").strip() and not any(map(str.isalnum, wanted)):
            raise ValidationError(_("ไม่มีตัวอักษรให้ค้นหา พิมพ์ชื่อหน่วยงานอย่างน้อยบางส่วน"))
        return wanted


def be_year(value: object) -> int:
    """The B.E. year someone typed; ValidationError, with the remedy, for anything else."""
    text = str(value).strip()
    try:
        year = buddhist.parse_year(text)
    except ValueError as fault:
        raise ValidationError(
            _("อ่าน “%(text)s” เป็นปีไม่ได้ ให้พิมพ์ปี พ.ศ. สี่หลัก เช่น 2565"), params={"text": text[:40]}
        ) from fault
    typed = "".join(filter(str.isdigit, text))
    if len(typed) == 4 and int(typed) != year:
        raise ValidationError(
            _("%(typed)s เป็นปี ค.ศ. ช่องนี้ใช้ปี พ.ศ. ถ้าหมายถึงปีเดียวกันให้พิมพ์ %(year)s"),
            params={"typed": typed, "year": year},
        )
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise ValidationError(
            _("ปี %(year)s อยู่นอกช่วงของโครงการ ซึ่งเริ่ม พ.ศ. %(first)s"),
            params={"year": year, "first": FIRST_YEAR},
        )
    return year


class BuddhistYearField(forms.Field):
    """A year as Thai people write it: 2565, ๒๕๖๕, ปี 65. A C.E. year is refused with the remedy."""

    widget = forms.TextInput(attrs={"inputmode": "numeric", "size": 6, "autocomplete": "off"})

    def __init__(self, **kwargs):
        for numeric in ("min_value", "max_value"):  # model fields pass them; the range is ours
            kwargs.pop(numeric, None)
        super().__init__(**kwargs)

    def to_python(self, value: object) -> int | None:
        return None if value in self.empty_values else be_year(value)


class ThaiTimeField(forms.TimeField):
    """A time as Thai people write it: 13.30, 13.30 น., ๑๓.๓๐ or 13:30."""

    widget = forms.TimeInput(format="%H:%M", attrs={"autocomplete": "off", "size": 8})
    default_error_messages = {"invalid": _("อ่านเวลาไม่ได้ ให้พิมพ์เช่น 13.30")}

    def __init__(self, **kwargs):
        kwargs.setdefault("help_text", _("เช่น 13.30"))
        super().__init__(**kwargs)

    def to_python(self, value: object) -> datetime.time | None:
        if not isinstance(value, str):
            return super().to_python(value)
        typed = thai.arabic_digits(thai.clean(value))
        for_the_clock = typed.removesuffix("นาฬิกา").removesuffix("น.").strip().replace(".", ":")
        return super().to_python(for_the_clock)


class BuddhistDateField(forms.DateField):
    """A date as Thai people write it: 28 กันยายน 2565, 28/9/65, 28 ก.ย. 65, or 2022-09-28."""

    widget = forms.TextInput(attrs={"autocomplete": "off", "size": 24})

    def __init__(self, **kwargs):
        kwargs.setdefault("help_text", _("เช่น 28 กันยายน 2565 หรือ 28/9/2565"))
        super().__init__(**kwargs)

    def prepare_value(self, value):
        if isinstance(value, datetime.date):
            return buddhist.format_day(value, reader_language())
        return value

    def to_python(self, value: object) -> datetime.date | None:
        if value in self.empty_values:
            return None
        if isinstance(value, datetime.date):
            return value
        try:
            return buddhist.parse_day(str(value))
        except ValueError as fault:
            raise ValidationError(
                _("อ่านวันที่ “%(text)s” ไม่ได้ ให้พิมพ์เช่น 28 กันยายน 2565 หรือ 28/9/2565"),
                params={"text": str(value)[:40]},
            ) from fault
