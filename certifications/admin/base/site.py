"""The desk as one site: access, the first page, and the pages of signing in."""

from functools import cache, update_wrapper

from django.contrib import admin
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.http import HttpResponseRedirect
from django.urls import path, reverse
from django.utils.decorators import method_decorator
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from certifications.access import factors, kept
from certifications.access import pages as access_pages
from certifications.admin.base.desk import acting_of
from certifications.admin.base.home import sections_of
from certifications.admin.base.waiting import waiting_lines
from certifications.reference.limits import LONGEST_NOTE, LONGEST_REASON

NOT_A_FORM = {"logout", "close_session", "resume"}  # nothing typed is lost with these


class DeskSite(admin.AdminSite):
    site_header = gettext_lazy("ทะเบียนศูนย์ราชการสะดวก: งานเจ้าหน้าที่")
    site_title = gettext_lazy("ทะเบียนศูนย์ราชการสะดวก")
    index_title = gettext_lazy("งานของเจ้าหน้าที่")
    empty_value_display = "–"
    enable_nav_sidebar = False  # the lists need the width

    def has_permission(self, request) -> bool:
        """Staff who gave their password and, where it is asked of them, a second factor."""
        if not super().has_permission(request):
            return False
        if not hasattr(request, "passed_second_factor"):
            request.passed_second_factor = factors.is_through(request.user)
        return request.passed_second_factor

    def admin_view(self, view, cacheable=False):
        """As Django's; a form that comes too late is kept, and one sent again is let go."""
        guarded = super().admin_view(view, cacheable)

        def with_access(request, *args, **kwargs):
            if not self.has_permission(request):
                return self._turned_away(request) or guarded(request, *args, **kwargs)
            response = guarded(request, *args, **kwargs)
            kept.let_go_if_done(request, response.status_code)
            return response

        return update_wrapper(with_access, guarded)

    def _turned_away(self, request):
        """The sign-in page, saying why and keeping what was sent; None to let Django lead there."""
        if request.resolver_match.url_name in NOT_A_FORM:
            return None
        late = (
            kept.keep(request, access_pages.account_of(request))
            if request.method == "POST"
            else None
        )
        if late:
            return access_pages.sign_in_page(request, late)
        if getattr(request, "timed_out", False):
            asked = {REDIRECT_FIELD_NAME: request.get_full_path(), "timed_out": 1}
            return HttpResponseRedirect(f"{reverse('admin:login')}?{urlencode(asked)}")
        return None

    def get_urls(self):
        pages = [
            path("second-factor/", access_pages.second_factor, name="second_factor"),
            path("second-factor/add/", access_pages.add_second_factor, name="add_second_factor"),
            path(
                "second-factor/add/code.svg",
                access_pages.second_factor_picture,
                name="factor_picture",
            ),
        ]
        inside = [
            path("recovery-codes/", access_pages.recovery_codes, name="recovery_codes"),
            path("account/", access_pages.account, name="account"),
            path("sessions/", access_pages.sessions, name="sessions"),
            path("sessions/close/", access_pages.close_session, name="close_session"),
            path("resume/", access_pages.resume, name="resume"),
        ]
        for page in inside:
            page.callback = self.admin_view(page.callback)
        return [*pages, *inside, *super().get_urls()]

    def each_context(self, request):
        late = kept.waiting(request) if self.has_permission(request) else None
        is_elsewhere = late is not None and late.path != request.get_full_path()
        return super().each_context(request) | {
            "has_kept_form": is_elsewhere,
            "longest_reason": LONGEST_REASON,
            "longest_note": LONGEST_NOTE,
        }

    @method_decorator(never_cache)
    def login(self, request, extra_context=None):
        """First the password, then the second factor, then what was sent too late."""
        half_way = super().has_permission(request) and not self.has_permission(request)
        if request.method == "GET" and half_way:
            return access_pages.lead_to_second_factor(request)
        if request.method == "POST" and "username" not in request.POST:
            return access_pages.sign_in_page(
                request, kept.unsealed(request.POST.get("kept_form", ""))
            )
        said = {
            "kept_form": request.POST.get(kept.SEALED_FIELD, ""),
            "timed_out": "timed_out" in request.GET,
        }
        response = super().login(request, said | (extra_context or {}))
        if response.status_code == 302 and kept.take_along(request, said["kept_form"]):
            return HttpResponseRedirect(reverse("admin:resume"))
        return response

    def password_change(self, request, extra_context=None):
        with acting_of(request):
            return super().password_change(request, extra_context)

    def index(self, request, extra_context=None):
        home = {
            "lines": waiting_lines(request),
            "sections": sections_of(self.get_app_list(request)),
            "title": _("งานของเจ้าหน้าที่"),
        }
        return super().index(request, home | (extra_context or {}))


@cache
def the_desk() -> DeskSite:
    """The one site. Importing this package registers its pages, which asks for the site again."""
    return DeskSite()
