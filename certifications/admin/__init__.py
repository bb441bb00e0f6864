"""The staff desk: Django admin, in Thai, in the order of the secretariat's paper forms."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from certifications.admin import agencies, awards, events, merges, reference, review, vocabulary

__all__ = ["agencies", "awards", "events", "merges", "reference", "review", "vocabulary"]

admin.site.site_header = _("ทะเบียนศูนย์ราชการสะดวก: งานเจ้าหน้าที่")
admin.site.site_title = _("ทะเบียนศูนย์ราชการสะดวก")
admin.site.index_title = _("เลือกงานที่จะทำ")
admin.site.empty_value_display = "–"
admin.site.enable_nav_sidebar = False  # the lists need the width
