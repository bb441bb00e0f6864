"""Views of access: signing in, the second factor, open sessions, late forms."""

import re
from functools import wraps

import segno
from django import forms
from django.contrib import admin, messages
from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.template.response import TemplateResponse
from django.urls import Resolver404, resolve, reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.csrf import csrf_failure
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.http import require_POST

from certifications.access import factors, kept
from certifications.access import sessions as staff_sessions
from certifications.access.lockout import locked_until
from certifications.models import AccessEvent
from certifications.reference import thai

CODES_TO_SHOW = "_new_recovery_codes"
FORM_PAGES = ("_add", "_change")
EVENTS_SHOWN = 10
THAI_LETTER = re.compile("[\u0e01-\u0e5b]")  # what people typed, among what forms send


def page_context(request, title: str, **more) -> dict:
    return {**admin.site.each_context(request), "title": title, **more}


def account_of(request) -> int | None:
    """Whose request it was: that of the session that has just ended included."""
    return getattr(request, "timed_out_account", None) or request.user.pk


# --- signing in ----------------------------------------------------------------------------------


def sign_in_page(request, late: kept.KeptForm | None):
    """The sign-in form in place of the page asked for, with what was sent to it kept inside."""
    context = page_context(
        request,
        _("เข้าสู่ระบบ"),
        form=AdminAuthenticationForm(request),
        app_path=reverse("admin:login"),
        kept_form=late.sealed() if late else "",
        next=reverse("admin:index"),
        timed_out=getattr(request, "timed_out", False),
    )
    return TemplateResponse(request, "admin/login.html", context, status=403 if late else 200)


def stale_form(request, reason=""):
    """A form whose security mark is an old one, as after signing in again in another window.

    Only what a page of our own sent is offered again: the browser says so in `Origin`.
    """
    own = request.headers.get("Origin") == f"{request.scheme}://{request.get_host()}"
    at_the_desk = request.resolver_match and "admin" in request.resolver_match.app_names
    late = kept.keep(request, account_of(request)) if own and at_the_desk else None
    if late is None or request.resolver_match.url_name in ("login", "logout"):
        return csrf_failure(request, reason)
    if not admin.site.has_permission(request):
        return sign_in_page(request, late)
    kept.take_along(request, late.sealed())
    return redirect("admin:resume")


def locked_out(request, response, credentials):
    """In place of the sign-in form, after too many failures of one name from one address."""
    until = timezone.localtime(locked_until(request, credentials))
    context = page_context(
        request,
        _("พักการเข้าสู่ระบบชั่วคราว"),
        until=until,
        kept_form=request.POST.get(kept.SEALED_FIELD, ""),
    )
    page = render(request, "admin/locked_out.html", context, status=429)
    page.headers["Retry-After"] = max(1, int((until - timezone.now()).total_seconds()))
    return page


# --- the second factor ---------------------------------------------------------------------------


class CodeForm(forms.Form):
    code = forms.CharField(
        label=gettext_lazy("รหัสยืนยัน"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "autofocus": True}),
    )

    def clean_code(self):
        return thai.arabic_digits(thai.clean(self.cleaned_data["code"])).replace(" ", "")


def with_password(view):
    """For staff who gave their password, whether or not a second factor is still asked of them."""

    @never_cache
    @csrf_protect
    @wraps(view)
    def guarded(request):
        if not (request.user.is_active and request.user.is_staff):
            return redirect_to_login(request.get_full_path(), reverse("admin:login"))
        return view(request)

    return guarded


def lead_to_second_factor(request):
    has_device = factors.device_of(request.user) is not None
    page = reverse("admin:second_factor" if has_device else "admin:add_second_factor")
    return HttpResponseRedirect(f"{page}?{urlencode({REDIRECT_FIELD_NAME: _next(request)})}")


def _next(request) -> str:
    """Where to go afterwards, on this site alone."""
    asked = request.POST.get(REDIRECT_FIELD_NAME) or request.GET.get(REDIRECT_FIELD_NAME, "")
    is_ours = url_has_allowed_host_and_scheme(
        asked, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return asked if is_ours else reverse("admin:index")


@with_password
def second_factor(request):
    if factors.device_of(request.user) is None or request.user.is_verified():
        return HttpResponseRedirect(_next(request))
    form = CodeForm(request.POST or None)
    if form.is_valid():
        if factors.pass_with(request, form.cleaned_data["code"]):
            return HttpResponseRedirect(_next(request))
        form.add_error("code", _refusal(request))
    context = page_context(request, _("ยืนยันขั้นที่สอง"), form=form, next=_next(request))
    return render(request, "admin/second_factor.html", context)


def _refusal(request) -> str:
    until = factors.must_wait_until(request.user)
    if until is None:
        return _("รหัสไม่ถูกต้องหรือใช้ไปแล้ว โปรดดูรหัสปัจจุบันในเครื่องแล้วกรอกใหม่")
    moment = timezone.localtime(until)
    return _("รหัสไม่ถูกต้องหรือใช้ไปแล้ว กรอกใหม่ได้หลังเวลา %(time)s น.") % {"time": f"{moment:%H:%M:%S}"}


def may_add_device(request) -> bool:
    """The first device is added with the password alone, another only by who has the first."""
    return request.user.is_verified() or factors.device_of(request.user) is None


@with_password
def add_second_factor(request):
    if not may_add_device(request):
        return lead_to_second_factor(request)
    form = CodeForm(request.POST or None)
    if form.is_valid():
        codes = factors.add(request, form.cleaned_data["code"])
        if codes:
            return _show_codes(request, codes)
        form.add_error("code", _refusal(request))
    context = page_context(
        request,
        _("เปิดการยืนยันสองขั้น"),
        form=form,
        next=_next(request),
        secret=factors.secret_of(factors.device_to_add(request.user)),
        is_required=factors.is_required_of(request.user),
    )
    return render(request, "admin/add_second_factor.html", context)


@with_password
def second_factor_picture(request):
    """The secret as a QR code, for the account that is adding it; kept nowhere on the way."""
    if not may_add_device(request):
        raise Http404
    code = segno.make(factors.device_to_add(request.user).config_url, error="m")
    picture = HttpResponse(content_type="image/svg+xml")
    code.save(picture, kind="svg", scale=5, border=4, dark="#12355b", light="#ffffff")
    return picture


def _show_codes(request, codes: list[str]):
    request.session[CODES_TO_SHOW] = codes
    after = urlencode({REDIRECT_FIELD_NAME: _next(request)})
    return HttpResponseRedirect(f"{reverse('admin:recovery_codes')}?{after}")


def recovery_codes(request):
    """New codes, shown once; asked for again they are made anew."""
    if request.method == "POST" and request.user.is_verified():
        return _show_codes(request, factors.new_recovery_codes(request))
    codes = request.session.pop(CODES_TO_SHOW, [])
    if not codes:
        return redirect("admin:account")
    context = page_context(request, _("รหัสสำรอง"), codes=codes, next=_next(request))
    return render(request, "admin/recovery_codes.html", context)


# --- the account and its sessions ----------------------------------------------------------------


def account(request):
    """What an account can see and do about its own safety."""
    events = AccessEvent.objects.filter(account_key=request.user.pk)
    context = page_context(
        request,
        _("ความปลอดภัยของบัญชี"),
        has_device=factors.device_of(request.user) is not None,
        is_required=factors.is_required_of(request.user),
        codes_left=factors.codes_left(request.user),
        sessions=_rows(request, staff_sessions.open_sessions(request.user)),
        events=events[:EVENTS_SHOWN],
    )
    return render(request, "admin/account.html", context)


def sessions(request):
    """Superusers see every open session, others are shown their own."""
    if not request.user.is_superuser:
        return redirect("admin:account")
    rows = _rows(request, staff_sessions.open_sessions())
    context = page_context(request, _("การเข้าใช้ที่เปิดอยู่"), sessions=rows, with_account=True)
    return render(request, "admin/sessions.html", context)


def _rows(request, listed) -> list[dict]:
    own = request.session.session_key
    return [{"session": one, "is_this_one": one.session_key == own} for one in listed]


@require_POST
def close_session(request):
    """One session, or all others of this account, named without giving their secret away."""
    listed = staff_sessions.open_sessions(None if request.user.is_superuser else request.user)
    asked = request.POST.get("session", "")
    chosen = [
        one
        for one in listed
        if one.session_key != request.session.session_key
        and (one.public_key == asked or (asked == "others" and one.account_id == request.user.pk))
    ]
    for one in chosen:
        staff_sessions.close(one, request)
    if chosen:
        messages.success(request, _("ปิดแล้ว %s แห่ง") % len(chosen))
    else:
        messages.warning(request, _("ไม่มีการเข้าใช้ที่ปิดได้ อาจปิดไปก่อนแล้ว"))
    back = "admin:sessions" if "from_all" in request.POST else "admin:account"
    return redirect(back)


# --- what was sent too late ----------------------------------------------------------------------


def resume(request):
    """What was sent too late: shown in its form, or sent again as it was, or thrown away."""
    late = kept.waiting(request)
    if request.method == "POST" or late is None:
        kept.let_go(request)
        return redirect("admin:index")
    context = page_context(
        request,
        _("แบบฟอร์มที่กรอกไว้ยังไม่ได้บันทึก"),
        late=late,
        is_form=_is_form_page(late.path),
        typed=[value for _name, value in late.fields if THAI_LETTER.search(value)],
    )
    return render(request, "admin/resume.html", context)


def _is_form_page(address: str) -> bool:
    """Whether an address is a form of the desk, which can show what was typed without saving."""
    try:
        return resolve(address.partition("?")[0]).url_name.endswith(FORM_PAGES)
    except (Resolver404, AttributeError):
        return False
