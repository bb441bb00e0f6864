"""The app's name, as staff see it."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CertificationsConfig(AppConfig):
    name = "certifications"
    verbose_name = _("ทะเบียนศูนย์ราชการสะดวก")
    default_auto_field = "django.db.models.BigAutoField"
