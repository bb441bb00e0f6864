"""The addresses of the site: Thai without a prefix, English under /en/, data in both at once."""

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path

from certifications.urls import without_language
from certifications.views.home import health, page_not_found

handler404 = page_not_found

urlpatterns = [
    path("healthz", health, name="health"),
    *without_language,
    *i18n_patterns(
        path(settings.ADMIN_PATH, admin.site.urls),
        path("", include("certifications.urls")),
        prefix_default_language=False,
    ),
]
