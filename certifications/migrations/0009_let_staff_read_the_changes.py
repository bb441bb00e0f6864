"""Everyone at the desk may read what was changed, by whom and why."""

from django.contrib.auth.management import create_permissions
from django.db import migrations

GROUPS = ("ผู้อ่าน", "ผู้บันทึก", "ผู้อนุมัติ")


def add(apps, schema_editor):
    # Django makes permissions after all migrations; the groups need this one now.
    app_config = apps.get_app_config("certifications")
    app_config.models_module = True
    create_permissions(app_config, apps=apps, verbosity=0)
    app_config.models_module = None

    group, permission = apps.get_model("auth", "Group"), apps.get_model("auth", "Permission")
    allowed = permission.objects.get(
        content_type__app_label="certifications", codename="view_change"
    )
    for name in GROUPS:
        group.objects.get_or_create(name=name)[0].permissions.add(allowed)


class Migration(migrations.Migration):
    dependencies = [("certifications", "0008_record_every_change")]

    operations = [migrations.RunPython(add, migrations.RunPython.noop)]
