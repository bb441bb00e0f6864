"""The list as files: CSV, XLSX, JSON or Atom, with the filters of the page."""

from collections.abc import Callable

from django.http import FileResponse, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from certifications.exports import delimited, document, feed, licence, problem, tables, workbook
from certifications.listing import results
from certifications.reference import buddhist
from certifications.reference.language import reader_language

FORMATS = ("csv", "xlsx", "json", "atom")


def site_of(request) -> str:
    """ "https://gecc.example", without a slash at its end."""
    return request.build_absolute_uri("/")[:-1]


def award_list(request):
    """A row an award. The page itself only says which files there are."""
    listing = results.award_listing(request.GET)
    if "format" in request.GET:
        return award_file(request, listing)
    if not listing.is_valid:
        return _refused(request, listing.form)
    context = {"title": title_of(listing), "count": listing.count, "links": links(request)}
    return render(request, "certifications/award_list.html", context)


def agency_file(request, listing) -> HttpResponse:
    """The listing of agencies in the format asked for; 400 when there is no such format."""
    return _answer(request, listing, tables.agencies, lambda row: (row, row.shown_award))


def award_file(request, listing) -> HttpResponse:
    return _answer(request, listing, tables.awards, lambda row: (row.agency, row))


def links(request) -> dict[str, str]:
    """Format → the address of the very same query in that format."""
    params = request.GET.copy()
    params.pop("page", None)
    found = {}
    for name in FORMATS:
        params["format"] = name
        found[name] = f"?{params.urlencode()}"
    return found


def title_of(listing) -> str:
    """The criteria in words, saying so where the rows are only like it."""
    title = listing.title or _("ทุกหน่วยงานในทะเบียน")
    return _("ชื่อที่ใกล้เคียงกับ %s") % title if listing.is_near else title


# --- files ---------------------------------------------------------------------------------------


def _answer(request, listing, table_of: Callable, entry_of: Callable) -> HttpResponse:
    name = request.GET["format"]
    if name not in FORMATS:
        sentence = _("ไม่มีรูปแบบไฟล์ “%(name)s” เลือกได้จาก %(formats)s") % {
            "name": name[:20],
            "formats": ", ".join(FORMATS),
        }
        return _bad_request(request, [sentence])
    if not listing.is_valid:
        return _refused(request, listing.form)
    if name == "atom":
        return _feed(request, listing, entry_of)
    table = table_of(
        listing.stream(),
        site=site_of(request),
        on=listing.on,
        title=title_of(listing),
        count=listing.count,
    )
    if name == "xlsx":
        return _workbook(request, table)
    if name == "json":
        pieces = document.stream(table, _about(request, listing))
        return StreamingHttpResponse(pieces, content_type=document.CONTENT_TYPE)
    return as_attachment(
        StreamingHttpResponse(
            delimited.stream(table, bom=True), content_type=delimited.CONTENT_TYPE
        ),
        file_name(table, "csv", "similar-" if listing.is_near else ""),
    )


def _workbook(request, table: tables.Table) -> HttpResponse:
    if table.count > workbook.MAX_ROWS:
        context = {
            "count": table.count,
            "most": workbook.MAX_ROWS,
            "csv": links(request)["csv"],
        }
        return render(request, "certifications/too_many_rows.html", context, status=400)
    file = workbook.write(table, _facts(request, table))
    return FileResponse(
        file,
        as_attachment=True,
        filename=file_name(table, "xlsx"),
        content_type=workbook.CONTENT_TYPE,
    )


def _feed(request, listing, entry_of: Callable) -> HttpResponse:
    params = request.GET.copy()
    params.pop("format")
    page = request.path + (f"?{params.urlencode()}" if params else "")
    content = feed.write(
        [entry_of(row) for row in listing.page(0, feed.ENTRIES)],
        title=_("ศูนย์ราชการสะดวก: %s") % title_of(listing),
        page=request.build_absolute_uri(page),
        address=request.build_absolute_uri(),
        site=site_of(request),
    )
    return HttpResponse(content, content_type=feed.CONTENT_TYPE)


def file_name(table: tables.Table, ending: str, suffix: str = "") -> str:
    """gecc-agencies-2026-11-22.csv: the day the rows are true of, C.E. as ISO 8601 asks."""
    return f"gecc-{table.name}-{suffix}{table.on.isoformat()}.{ending}"


def as_attachment(response: HttpResponse, name: str) -> HttpResponse:
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _about(request, listing) -> dict:
    """What a JSON file says of itself beside its rows."""
    return {
        "is_near": listing.is_near,  # nothing matches: the names are only similar
        "written_at": timezone.localtime().isoformat(timespec="seconds"),
        "licence": licence.summary(),
        "columns_described_at": request.build_absolute_uri(reverse("data")),
    }


def _facts(request, table: tables.Table) -> list[tuple[str, str]]:
    """The sheet about the file; the licence last."""
    language = reader_language()
    return [
        (_("ตัวกรอง"), table.title),
        (_("สถานะ ณ วันที่"), buddhist.format_day(table.on, language)),
        (_("จำนวนแถว"), str(table.count)),
        (_("ดาวน์โหลดเมื่อ"), buddhist.format_day(timezone.localdate(), language)),
        (_("จาก"), request.build_absolute_uri()),
        (_("เจ้าของข้อมูล"), licence.owner().name),
        (
            _("ข้อควรระวัง"),
            _("ทะเบียนนี้ยังไม่ครบทุกแห่ง การไม่พบชื่อไม่ได้แปลว่าหน่วยงานนั้นไม่ได้รับการรับรอง"),
        ),
        (_("สัญญาอนุญาต"), f"{licence.NAME} {licence.URL}"),
    ]


# --- refusing ------------------------------------------------------------------------------------


def _refused(request, form) -> HttpResponse:
    faults = problem.errors_of(form)
    labels = {name: str(field.label) for name, field in form.fields.items()}
    sentences = [
        f"{labels.get(fault['parameter'], fault['parameter'])}: {fault['message']}"
        for fault in faults
    ]
    return _bad_request(request, sentences, faults)


def _bad_request(request, sentences: list[str], faults: list[dict] | None = None) -> HttpResponse:
    """400: a page for people, a problem document for those who asked for JSON."""
    if request.GET.get("format") == "json":
        content = problem.problem(400, " ".join(sentences), faults)
        return HttpResponse(
            document.as_json(content), content_type=problem.CONTENT_TYPE, status=400
        )
    context = {"messages_to_reader": sentences}
    return render(request, "certifications/bad_request.html", context, status=400)
