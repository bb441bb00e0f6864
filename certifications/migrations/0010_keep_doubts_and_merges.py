import django.db.models.deletion
from django.conf import settings
from django.contrib.auth.management import create_permissions
from django.db import migrations, models

SEEN_BY_ALL = ["view_accepteddoubt", "view_mergelog"]
GROUPS = {
    "ผู้อ่าน": SEEN_BY_ALL,
    "ผู้บันทึก": SEEN_BY_ALL,
    "ผู้อนุมัติ": [*SEEN_BY_ALL, "merge_agency"],
}


def allow(apps, schema_editor):
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
        ('certifications', '0009_let_staff_read_the_changes'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='AgencyToReview',
            fields=[
            ],
            options={
                'verbose_name': '⚠ หน่วยงานที่ต้องตรวจสอบ',
                'verbose_name_plural': '⚠ หน่วยงานที่ต้องตรวจสอบ',
                'ordering': ['sort_key', 'pk'],
                'proxy': True,
                'default_permissions': (),
                'indexes': [],
                'constraints': [],
            },
            bases=('certifications.agency',),
        ),
        migrations.CreateModel(
            name='AwardToReview',
            fields=[
            ],
            options={
                'verbose_name': '⚠ ผลการรับรองที่ต้องตรวจสอบ',
                'verbose_name_plural': '⚠ ผลการรับรองที่ต้องตรวจสอบ',
                'ordering': ['-year', 'agency__sort_key', 'pk'],
                'proxy': True,
                'default_permissions': (),
                'indexes': [],
                'constraints': [],
            },
            bases=('certifications.award',),
        ),
        migrations.CreateModel(
            name='EventToReview',
            fields=[
            ],
            options={
                'verbose_name': '⚠ พิธีมอบที่ต้องตรวจสอบ',
                'verbose_name_plural': '⚠ พิธีมอบที่ต้องตรวจสอบ',
                'ordering': ['-year', '-code'],
                'proxy': True,
                'default_permissions': (),
                'indexes': [],
                'constraints': [],
            },
            bases=('certifications.awardevent',),
        ),
        migrations.AlterModelOptions(
            name='agency',
            options={'ordering': ['sort_key', 'pk'], 'permissions': [('merge_agency', 'รวม เปลี่ยนชื่อ แยก และปิดหน่วยงาน')], 'verbose_name': 'หน่วยงาน', 'verbose_name_plural': 'หน่วยงาน'},
        ),
        migrations.CreateModel(
            name='AcceptedDoubt',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('table', models.CharField(max_length=60, verbose_name='ตาราง')),
                ('record_key', models.BigIntegerField(verbose_name='รหัสระเบียน')),
                ('record', models.CharField(max_length=400, verbose_name='ระเบียน')),
                ('code', models.CharField(max_length=40, verbose_name='ข้อที่สงสัย')),
                ('about', models.CharField(blank=True, max_length=400, verbose_name='ค่าที่สงสัย')),
                ('message', models.TextField(verbose_name='ข้อสงสัย')),
                ('reason', models.TextField(verbose_name='เหตุผลที่ยืนยัน')),
                ('at', models.DateTimeField(auto_now_add=True, verbose_name='ยืนยันเมื่อ')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='ยืนยันโดย')),
            ],
            options={
                'verbose_name': 'ข้อสงสัยที่ยืนยันแล้ว',
                'verbose_name_plural': 'ข้อสงสัยที่ยืนยันแล้ว',
                'ordering': ['-pk'],
                'default_permissions': ('view',),
                'constraints': [models.UniqueConstraint(fields=('table', 'record_key', 'code', 'about'), name='doubt_accepted_once', violation_error_message='ยืนยันข้อสงสัยนี้ไว้แล้ว'), models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='doubt_accepted_with_reason', violation_error_message='ต้องบอกเหตุผลที่ยืนยัน')],
            },
        ),
        migrations.CreateModel(
            name='MergeLog',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.TextField(verbose_name='เหตุผล')),
                ('moved', models.JSONField(verbose_name='สิ่งที่ย้าย')),
                ('at', models.DateTimeField(auto_now_add=True, verbose_name='รวมเมื่อ')),
                ('undone_at', models.DateTimeField(blank=True, null=True, verbose_name='ย้อนการรวมเมื่อ')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='รวมโดย')),
                ('source', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='merges_from', to='certifications.agency', verbose_name='ระเบียนที่ถูกรวม')),
                ('target', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='merges_into', to='certifications.agency', verbose_name='รวมเข้ากับ')),
                ('undone_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='ย้อนการรวมโดย')),
            ],
            options={
                'verbose_name': 'การรวมระเบียน',
                'verbose_name_plural': 'การรวมระเบียน',
                'ordering': ['-pk'],
                'default_permissions': ('view',),
                'constraints': [models.CheckConstraint(condition=models.Q(('source', models.F('target')), _negated=True), name='merge_of_two_records', violation_error_message='รวมระเบียนเข้ากับตัวเองไม่ได้'), models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='merge_with_reason', violation_error_message='ต้องระบุเหตุผล'), models.CheckConstraint(condition=models.Q(models.Q(('undone_at__isnull', True), ('undone_by__isnull', True)), models.Q(('undone_at__isnull', False), ('undone_by__isnull', False)), _connector='OR'), name='merge_undone_at_and_by', violation_error_message='การย้อนต้องมีทั้งเวลาและผู้ย้อน')],
            },
        ),
        migrations.RunPython(allow, migrations.RunPython.noop),
    ]
