"""The public addresses. Codes are permanent; nothing here may ever change its meaning.

`urlpatterns` are pages, in Thai and under /en/ in English; `without_language` speaks both at once.
"""

from django.urls import path, re_path

from certifications import sitemaps
from certifications.api import documentation
from certifications.api import views as api
from certifications.models.agencies import CODE_REGEX
from certifications.models.events import EVENT_CODE_REGEX
from certifications.views import agencies, changes, data, events, files, home, provinces, robots

urlpatterns = [
    path("", home.home, name="home"),
    path("agencies/", agencies.agency_list, name="agency-list"),
    path("agencies/suggest/", agencies.suggest, name="agency-suggest"),
    re_path(rf"^agencies/(?P<code>{CODE_REGEX})/\Z", agencies.agency, name="agency"),
    path("awards/", files.award_list, name="award-list"),
    path("changes/", changes.change_list, name="change-list"),
    path("data/", data.data, name="data"),
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
    path("api/", documentation.documentation, name="api-docs"),
    path("opensearch.xml", robots.search_description, name="opensearch"),
]

without_language = [
    path("api/v1/", api.Start.as_view(), name="api"),
    path("api/v1/openapi.json", documentation.openapi, name="api-openapi"),
    path("api/v1/agencies/", api.Agencies.as_view(), name="api-agencies"),
    path("api/v1/agencies/<str:code>/", api.OneAgency.as_view(), name="api-agency"),
    path("api/v1/awards/", api.Awards.as_view(), name="api-awards"),
    path("api/v1/events/", api.Events.as_view(), name="api-events"),
    path("api/v1/events/<str:code>/", api.OneEvent.as_view(), name="api-event"),
    path("api/v1/levels/", api.Levels.as_view(), name="api-levels"),
    path("api/v1/provinces/", api.Provinces.as_view(), name="api-provinces"),
    path("api/v1/services/", api.Services.as_view(), name="api-services"),
    # Kept last: whatever else is asked of the API is answered as the API answers.
    path("api/v1/<path:nothing>/", api.Nothing.as_view()),
    path("data/datapackage.json", data.data_package, name="data-package"),
    path("data/catalog.jsonld", data.catalogue_record, name="data-catalogue"),
    path("data/<slug:name>.csv", data.whole_csv, name="data-csv"),
    path("data/<slug:name>.json", data.whole_json, name="data-json"),
    path("robots.txt", robots.robots, name="robots"),
    path("sitemap.xml", sitemaps.index, name="sitemap-index"),
    path("sitemap-<slug:section>.xml", sitemaps.section, name="sitemap"),
]
