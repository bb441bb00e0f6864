"""The app as Django knows it: its name, and what is set up as it starts."""

from contextlib import suppress

from django.apps import AppConfig
from django.apps import apps as global_apps
from django.contrib.admin import apps as admin_apps
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.core import checks
from django.db.models import CharField, Field, ForeignKey
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _

from certifications.reference.lookups import Among, Beneath


class CertificationsConfig(AppConfig):
    default = True
    name = "certifications"
    verbose_name = _("ทะเบียนศูนย์ราชการสะดวก")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        for kind in (Field, ForeignKey):  # a foreign key has lookups of its own
            kind.register_lookup(Among)
        CharField.register_lookup(Beneath)
        post_migrate.connect(_bring_in_step, sender=self)
        _check_the_triggers()
        _listen_to_signing_in()


class DeskConfig(admin_apps.AdminConfig):
    """Django's admin, with our sign-in, home and address."""

    default = False
    default_site = "certifications.admin.base.site.the_desk"
    default_auto_field = "django.db.models.AutoField"  # as Django made its table


def _check_the_triggers() -> None:
    from certifications.audit import triggers

    checks.register(triggers.check, checks.Tags.database)


def _listen_to_signing_in() -> None:
    from certifications.access import events, sessions

    user_logged_in.connect(sessions.begin)
    user_logged_in.connect(events.signed_in)
    user_logged_out.connect(events.signed_out)
    user_login_failed.connect(events.refused)

    from axes.signals import user_locked_out  # listens too, as it is imported: after us

    user_locked_out.connect(events.locked_out)


def _bring_in_step(sender, using, apps=global_apps, **kwargs) -> None:
    """What the database needs beside its tables, and what a register of an older release lacks."""
    from certifications.audit import triggers
    from certifications.models import Agency, search_index
    from certifications.models.histories import rewrite_missing

    with suppress(LookupError):  # migrated back to before there were any
        apps.get_model("certifications", "SearchEntry")
        triggers.install(using)
        rewrite_missing()
        search_index.rekey(Agency.objects.filter(search_entry=None))
