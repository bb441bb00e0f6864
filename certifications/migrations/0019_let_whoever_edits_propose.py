"""Whoever edits proposes; one right is left beside that, to decide."""

from django.contrib.auth.management import create_permissions
from django.db import migrations

NO_LONGER = ["publish_award", "publish_awardevent", "merge_agency"]
# By request: what may be removed is removed once another account agrees.
TO_REMOVE = [
    f"delete_{model}"
    for model in ("announcedfigure", "criterion", "source", "agencysuccession")
]
GROUPS = {
    "ผู้บันทึก": [*TO_REMOVE, "add_awardstatuschange", "change_certificationlevel", "change_service"],
    "ผู้อนุมัติ": TO_REMOVE,
}


def let_groups(apps, schema_editor):
    # Django makes permissions after all migrations; the groups need them now.
    app_config = apps.get_app_config("certifications")
    app_config.models_module = True
    create_permissions(app_config, apps=apps, verbosity=0)
    app_config.models_module = None

    group, permission = apps.get_model("auth", "Group"), apps.get_model("auth", "Permission")
    ours = permission.objects.filter(content_type__app_label="certifications")
    for name, codenames in GROUPS.items():
        allowed = ours.filter(codename__in=codenames)
        group.objects.get_or_create(name=name)[0].permissions.add(*allowed)
    ours.filter(codename__in=NO_LONGER).delete()


class Migration(migrations.Migration):

    dependencies = [
        ("certifications", "0018_keep_requests_as_rows"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='agency',
            options={'ordering': ['sort_key', 'pk'], 'verbose_name': 'หน่วยงาน', 'verbose_name_plural': 'หน่วยงาน'},
        ),
        migrations.AlterModelOptions(
            name='award',
            options={'ordering': ['-year', 'agency__sort_key', 'pk'], 'verbose_name': 'ผลการรับรอง', 'verbose_name_plural': 'ผลการรับรอง'},
        ),
        migrations.AlterModelOptions(
            name='awardevent',
            options={'ordering': ['-year', '-code'], 'verbose_name': 'พิธีมอบ', 'verbose_name_plural': 'พิธีมอบ'},
        ),
        migrations.RunPython(let_groups, migrations.RunPython.noop),
    ]
