"""The app's name, as staff see it."""

from contextlib import suppress

from django.apps import AppConfig
from django.apps import apps as global_apps
from django.db.models import CharField, Field, ForeignKey
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _

from certifications.lookups import Among, Beneath


class CertificationsConfig(AppConfig):
    name = "certifications"
    verbose_name = _("ทะเบียนศูนย์ราชการสะดวก")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        for kind in (Field, ForeignKey):  # a foreign key has lookups of its own
            kind.register_lookup(Among)
        CharField.register_lookup(Beneath)
        post_migrate.connect(_bring_in_step, sender=self)


def _bring_in_step(sender, using, apps=global_apps, **kwargs) -> None:
    """What the database needs beside its tables, and what a register of an older release lacks."""
    from certifications import index
    from certifications.models import Agency, changes, stamps
    from certifications.models.histories import rewrite_missing

    with suppress(LookupError):  # migrated back to before there were any
        apps.get_model("certifications", "SearchEntry")
        stamps.install_triggers(using)
        changes.install_triggers(using)
        rewrite_missing()
        index.rekey(Agency.objects.filter(search_entry=None))
