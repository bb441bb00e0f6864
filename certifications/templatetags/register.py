"""Template tags and filters of the register: names, days, years, numbers, levels, highlights."""

import datetime
import re

from django import template
from django.urls import translate_url
from django.utils import timezone
from django.utils.html import escape, format_html
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from certifications.reference import buddhist
from certifications.reference.language import reader_language, thai_is_read
from certifications.reference.states import State, label_of
from certifications.search.highlight import highlight
from certifications.search.query import ParsedQuery

register = template.Library()

THAI_LETTER = re.compile("[\u0e01-\u0e5b]")


@register.filter
def day(value: datetime.date | None) -> str:
    """28 กันยายน 2565, or 28 September 2022."""
    return buddhist.format_day(value, reader_language()) if value else ""


@register.filter
def short_day(value: datetime.date) -> str:
    """28 ก.ย. 2565, or 28 Sep 2022."""
    return buddhist.format_day(value, reader_language(), short=True)


@register.filter
def last_day(last_year: int) -> datetime.date:
    """31 December of a B.E. year."""
    return buddhist.last_day(last_year)


@register.filter
def localday(value: datetime.datetime) -> str:
    """The day of a moment, as it was in Bangkok."""
    return day(timezone.localtime(value).date())


@register.filter
def moment(value: datetime.datetime | None) -> str:
    """28 ก.ย. 2565 14:05, as the clock was in Bangkok."""
    if value is None:
        return ""
    local = timezone.localtime(value)
    return f"{buddhist.format_day(local.date(), reader_language(), short=True)} {local:%H:%M}"


@register.filter
def year(value: int | None) -> str:
    """2565 to a Thai reader, 2022 to others."""
    return buddhist.format_year(value, reader_language()) if value else _("ไม่ทราบปี")


@register.filter
def both_years(value: int | None) -> str:
    """2565 (ค.ศ. 2022), or 2022 (B.E. 2565)."""
    if not value:
        return _("ไม่ทราบปี")
    if thai_is_read():
        return f"{value} (ค.ศ. {buddhist.to_ce(value)})"
    return f"{buddhist.to_ce(value)} (B.E. {value})"


@register.filter
def years(first: int, last: int) -> str:
    """2559–2565, or one year when both are the same."""
    return year(first) if first == last else f"{year(first)}–{year(last)}"


@register.filter
def count(value: int | None) -> str:
    """1,888; a dash for what is not counted."""
    return "–" if value is None else f"{value:,}"


@register.filter
def difference(value: int | None) -> str:
    """+3, −12 or 0, with a real minus sign; a dash for what cannot be compared."""
    if value is None:
        return "–"
    sign = "+" if value > 0 else "\N{MINUS SIGN}" if value < 0 else ""
    return f"{sign}{count(abs(value))}"


@register.simple_tag
def thai(text: object) -> str:
    """Text kept as it was written; where that is Thai, readers of other languages are told."""
    if thai_is_read() or not THAI_LETTER.search(str(text)):
        return format_html("{}", text)
    return format_html('<span lang="th">{}</span>', text)


@register.filter
def highlighted(text: object, parsed: ParsedQuery | None) -> str:
    """The text with what a query matched in <mark>; escaped. Without a query, the plain text."""
    if not parsed:  # templates pass "" for none
        return format_html("{}", text)
    fragments = highlight(str(text), parsed)
    return mark_safe(
        "".join(
            format_html("<mark>{}</mark>" if is_match else "{}", fragment)
            for fragment, is_match in fragments
        )
    )


@register.simple_tag
def options(facet) -> str:
    """The choices of a filter with their counts; there may be hundreds, so no template for each."""
    shown, group = [], ""
    written = escape if thai_is_read() else thai  # asked once, not for each of hundreds
    for option in facet.options:
        if option.group != group:
            group = option.group
            shown.append(f'<p class="region">{escape(group)}</p>')
        chosen = " checked" if option.is_chosen else ""
        shown.append(
            f'<label class="option"><input type="checkbox" name="{facet.name}"'
            f' value="{escape(option.value)}"{chosen}> <span>{written(option.label)}</span>'
            f' <span class="tallied">{option.count:,}</span></label>'
        )
    return mark_safe("".join(shown))


@register.simple_tag
def agency_name(agency, parsed: ParsedQuery | None = None) -> str:
    """An agency's name in the reader's language, marked where only the Thai one is known."""
    name = highlighted(agency.name, parsed)
    return thai(name) if agency.name_language == "th" else name


@register.simple_tag
def event_title(event) -> str:
    if thai_is_read():
        return event.title_th
    return event.title_en or _("พิธีมอบโล่และตรารับรองศูนย์ราชการสะดวก ปี %s") % both_years(event.year)


@register.simple_tag
def state_words(award) -> str:
    """The word for an award's state; what is valid is never said without its last day."""
    if award.state != State.IN_FORCE:
        return label_of(award.state, award.ending)
    last_day = buddhist.last_day(award.last_year)
    until = buddhist.format_day(last_day, reader_language(), short=True)
    words = _("ยังมีผลถึง %s (ปีสุดท้าย)") if award.is_last_year else _("ยังมีผลถึง %s")
    return words % until


@register.filter
def rounds(years: list[int]) -> str:
    """2567; 2567 และ 2568; 2567 2568 และ 2569: in the reader's calendar."""
    *before, last = map(year, years)
    if not before:
        return last
    comma = " " if thai_is_read() else ", "
    return _("%(before)s และ %(last)s") % {"before": comma.join(before), "last": last}


@register.filter
def span_of_rounds(years: list[int]) -> str:
    """2567–2569 where no year between is left out; else each of them."""
    if len(years) > 2 and years[-1] - years[0] == len(years) - 1:
        return f"{year(years[0])}–{year(years[-1])}"
    return rounds(years)


@register.filter
def counts(most: int, least: int) -> str:
    """617, or "617 ถึง 620" where sources disagree."""
    if least == most:
        return count(most)
    return _("%(least)s ถึง %(most)s") % {"least": count(least), "most": count(most)}


@register.simple_tag(takes_context=True)
def in_language(context: dict, language: str) -> str:
    """The address of this very page, filters and all, in another language."""
    request = context["request"]
    there = translate_url(request.get_full_path(), language)
    if there != request.get_full_path() or language == reader_language():
        return there
    return translate_url("/", language) if language != "th" else "/"
