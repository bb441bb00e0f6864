"""The public addresses. Codes are permanent; nothing here may ever change its meaning."""

from django.urls import path, re_path

from certifications.models.agencies import CODE_REGEX
from certifications.models.events import EVENT_CODE_REGEX
from certifications.views import agencies, events, home, provinces

urlpatterns = [
    path("", home.home, name="home"),
    path("agencies/", agencies.agency_list, name="agency-list"),
    path("agencies/suggest/", agencies.suggest, name="agency-suggest"),
    re_path(rf"^agencies/(?P<code>{CODE_REGEX})/\Z", agencies.agency, name="agency"),
    path("events/", events.event_list, name="event-list"),
    re_path(rf"^events/(?P<code>{EVENT_CODE_REGEX})/\Z", events.event, name="event"),
    re_path(
        rf"^events/(?P<code>{EVENT_CODE_REGEX})/files/(?P<pk>\d{{1,18}})/\Z",
        events.event_file,
        name="event-file",
    ),
    path("provinces/", provinces.province_list, name="province-list"),
    path("provinces/<slug:slug>/", provinces.province, name="province"),
    path("about/", home.about, name="about"),
]
