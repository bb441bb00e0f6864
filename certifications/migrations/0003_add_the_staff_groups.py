"""Who may do what: recorders enter, approvers also publish, readers look."""

from django.contrib.auth.management import create_permissions
from django.db import migrations

ENTERED = [
    "agency",
    "agencyname",
    "agencysuccession",
    "announcedfigure",
    "award",
    "awardevent",
    "awardrecipient",
    "criterion",
    "eventfile",
    "source",
]
KEPT_BY_APPROVERS = ["certificationlevel", "service"]
ALL = [*ENTERED, *KEPT_BY_APPROVERS, "awardstatuschange"]

READER = [f"view_{model}" for model in ALL]
RECORDER = READER + [f"{act}_{model}" for model in ENTERED for act in ("add", "change", "delete")]
APPROVER = [
    *RECORDER,
    *(f"{act}_{model}" for model in KEPT_BY_APPROVERS for act in ("add", "change")),
    "add_awardstatuschange",
    "publish_award",
    "publish_awardevent",
]
GROUPS = {"ผู้อ่าน": READER, "ผู้บันทึก": RECORDER, "ผู้อนุมัติ": APPROVER}


def add(apps, schema_editor):
    # Django makes permissions after all migrations; the groups need them now.
    app_config = apps.get_app_config("certifications")
    app_config.models_module = True
    create_permissions(app_config, apps=apps, verbosity=0)
    app_config.models_module = None

    group, permission = apps.get_model("auth", "Group"), apps.get_model("auth", "Permission")
    for name, codenames in GROUPS.items():
        allowed = permission.objects.filter(
            content_type__app_label="certifications", codename__in=codenames
        )
        group.objects.get_or_create(name=name)[0].permissions.add(*allowed)


class Migration(migrations.Migration):
    dependencies = [
        ("certifications", "0002_add_the_services"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [migrations.RunPython(add, migrations.RunPython.noop)]
