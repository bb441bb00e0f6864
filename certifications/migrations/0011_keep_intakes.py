"""Intakes and their rows; recorders and approvers enter by them, readers look."""

import django.db.models.deletion
from django.conf import settings
from django.contrib.auth.management import create_permissions
from django.db import migrations, models


READER = ["view_intake"]
RECORDER = [*READER, "add_intake", "change_intake"]
GROUPS = {"ผู้อ่าน": READER, "ผู้บันทึก": RECORDER, "ผู้อนุมัติ": RECORDER}


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
        ('certifications', '0010_keep_doubts_and_merges'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ColumnMapping',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('signature', models.CharField(max_length=64, unique=True, verbose_name='ลายหัวคอลัมน์')),
                ('fields', models.JSONField(default=list, verbose_name='การจับคู่คอลัมน์')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='แก้ไขล่าสุด')),
            ],
            options={
                'verbose_name': 'การจับคู่คอลัมน์ที่จำไว้',
                'verbose_name_plural': 'การจับคู่คอลัมน์ที่จำไว้',
            },
        ),
        migrations.CreateModel(
            name='Intake',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('file', 'ไฟล์ตาราง'), ('pasted', 'รายชื่อที่วาง')], max_length=10, verbose_name='ชนิด')),
                ('title', models.CharField(help_text='เช่น บัญชีรายชื่อกรมการขนส่งทางบก 2566', max_length=200, verbose_name='ชื่อชุด')),
                ('file_name', models.CharField(blank=True, editable=False, max_length=200, verbose_name='ชื่อไฟล์')),
                ('content', models.BinaryField(null=True, verbose_name='เนื้อไฟล์')),
                ('text', models.TextField(blank=True, verbose_name='รายชื่อที่วาง')),
                ('sheet', models.CharField(blank=True, max_length=100, verbose_name='แผ่นงาน')),
                ('mapping', models.JSONField(blank=True, default=dict, verbose_name='การจับคู่คอลัมน์')),
                ('year', models.PositiveSmallIntegerField(blank=True, help_text='ใช้กับแถวที่ไม่ระบุปี', null=True, verbose_name='ปีที่รับรอง (พ.ศ.)')),
                ('state', models.CharField(choices=[('reading', 'รอเลือกแผ่นงาน'), ('mapping', 'รอจับคู่คอลัมน์'), ('review', 'รอตรวจ'), ('committed', 'บันทึกเป็นร่างแล้ว'), ('undone', 'ย้อนกลับแล้ว'), ('abandoned', 'เลิกทำ')], default='review', max_length=10, verbose_name='ขั้นตอน')),
                ('version', models.PositiveIntegerField(default=1, editable=False, verbose_name='รุ่น')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='เริ่มเมื่อ')),
                ('committed_at', models.DateTimeField(editable=False, null=True, verbose_name='บันทึกเมื่อ')),
                ('undone_at', models.DateTimeField(editable=False, null=True, verbose_name='ย้อนกลับเมื่อ')),
                ('committed_by', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='บันทึกโดย')),
                ('created_by', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='เริ่มโดย')),
                ('event', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='certifications.awardevent', verbose_name='พิธีมอบ')),
                ('level', models.ForeignKey(blank=True, help_text='ใช้กับแถวที่ไม่ระบุระดับ เว้นว่างถ้าแหล่งที่มาไม่ระบุ', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='certifications.certificationlevel', verbose_name='ระดับ')),
                ('source', models.ForeignKey(blank=True, help_text='เลือกภายหลังได้ แต่ต้องมีก่อนบันทึกเข้าทะเบียน', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='intakes', to='certifications.source', verbose_name='แหล่งที่มา')),
                ('undone_by', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='ย้อนกลับโดย')),
            ],
            options={
                'verbose_name': 'ชุดนำเข้า',
                'verbose_name_plural': 'ชุดนำเข้า',
                'ordering': ['-pk'],
            },
        ),
        migrations.CreateModel(
            name='IntakeRow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('place', models.PositiveIntegerField(verbose_name='ลำดับ')),
                ('number', models.PositiveIntegerField(verbose_name='บรรทัดที่')),
                ('read', models.JSONField(default=dict, verbose_name='ที่อ่านได้')),
                ('edits', models.JSONField(blank=True, default=dict, verbose_name='ที่แก้แล้ว')),
                ('match', models.CharField(choices=[('code', 'รหัสถาวรตรงกัน'), ('exact', 'ชื่อตรงกัน'), ('other_name', 'ชื่ออื่นตรงกัน'), ('near', 'ชื่อใกล้เคียง'), ('chosen', 'เจ้าหน้าที่เลือก'), ('none', 'ไม่พบ')], default='none', max_length=10, verbose_name='การจับคู่')),
                ('why_matched', models.TextField(blank=True, verbose_name='เหตุที่จับคู่')),
                ('match_findings', models.JSONField(blank=True, default=list, verbose_name='ข้อสงสัยเรื่องการจับคู่')),
                ('candidates', models.JSONField(blank=True, default=list, verbose_name='หน่วยงานที่อาจเป็น')),
                ('new_agency', models.JSONField(blank=True, default=dict, verbose_name='หน่วยงานใหม่ที่เสนอ')),
                ('verdict', models.CharField(choices=[('add', 'เพิ่ม'), ('change', 'แก้ไขร่าง'), ('unchanged', 'เหมือนเดิม'), ('duplicate', 'ซ้ำในชุดนี้'), ('conflict', 'มีผู้แก้ไปแล้ว'), ('proposal', 'ต้องเสนอแก้'), ('unknown', 'ไม่พบหน่วยงาน')], default='unknown', max_length=10, verbose_name='ผลต่อทะเบียน')),
                ('changes', models.JSONField(blank=True, default=list, verbose_name='สิ่งที่จะเปลี่ยน')),
                ('findings', models.JSONField(blank=True, default=list, verbose_name='ข้อผิดและข้อสงสัย')),
                ('has_errors', models.BooleanField(default=False, verbose_name='มีข้อผิด')),
                ('has_doubts', models.BooleanField(default=False, verbose_name='มีข้อสงสัย')),
                ('seen', models.CharField(blank=True, max_length=32, verbose_name='รุ่นของผลการรับรองที่ตรวจ')),
                ('decision', models.CharField(choices=[('waiting', 'ยังไม่ตัดสิน'), ('accept', 'รับ'), ('create', 'รับ และเพิ่มหน่วยงานใหม่'), ('propose', 'เสนอแก้ให้ผู้อนุมัติ'), ('skip', 'ข้าม')], default='waiting', max_length=10, verbose_name='การตัดสิน')),
                ('decided_at', models.DateTimeField(blank=True, null=True, verbose_name='ตัดสินเมื่อ')),
                ('reason', models.CharField(blank=True, max_length=500, verbose_name='เหตุผลที่รับทั้งที่มีข้อสงสัย')),
                ('made_agency', models.BooleanField(default=False, verbose_name='เพิ่มหน่วยงานนี้')),
                ('before', models.JSONField(blank=True, null=True, verbose_name='ผลการรับรองก่อนบันทึก')),
                ('after', models.JSONField(blank=True, null=True, verbose_name='ผลการรับรองหลังบันทึก')),
                ('agency', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='intake_rows', to='certifications.agency', verbose_name='หน่วยงาน')),
                ('award', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='intake_rows', to='certifications.award', verbose_name='ผลการรับรอง')),
                ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='ตัดสินโดย')),
                ('intake', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='rows', to='certifications.intake', verbose_name='ชุดนำเข้า')),
            ],
            options={
                'verbose_name': 'แถวของชุดนำเข้า',
                'verbose_name_plural': 'แถวของชุดนำเข้า',
                'ordering': ['intake', 'place'],
            },
        ),
        migrations.AddConstraint(
            model_name='intake',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('content__isnull', False), ('kind', 'file')), models.Q(('kind', 'pasted'), models.Q(('text', ''), _negated=True)), _connector='OR'), name='intake_keeps_what_came_in', violation_error_message='ชุดนำเข้าต้องมีไฟล์หรือรายชื่อ'),
        ),
        migrations.AddConstraint(
            model_name='intake',
            constraint=models.CheckConstraint(condition=models.Q(('year__isnull', True), models.Q(('year__gte', 2559), ('year__lte', 2700)), _connector='OR'), name='intake_year_in_range', violation_error_message='ปีต้องเป็น พ.ศ. ไม่ก่อน 2559 ซึ่งเป็นปีแรกของการรับรอง'),
        ),
        migrations.AddConstraint(
            model_name='intake',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('committed_at__isnull', False), ('committed_by__isnull', False), ('source__isnull', False), ('state__in', ['committed', 'undone'])), models.Q(models.Q(('state__in', ['committed', 'undone']), _negated=True), ('committed_at__isnull', True), ('committed_by__isnull', True)), _connector='OR'), name='intake_committed_with_a_source', violation_error_message='การบันทึกเข้าทะเบียนต้องมีแหล่งที่มา เวลา และผู้บันทึก'),
        ),
        migrations.AddConstraint(
            model_name='intake',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'undone'), ('undone_at__isnull', False), ('undone_by__isnull', False)), models.Q(models.Q(('state', 'undone'), _negated=True), ('undone_at__isnull', True), ('undone_by__isnull', True)), _connector='OR'), name='intake_undone_at_and_by', violation_error_message='การย้อนกลับต้องมีทั้งเวลาและผู้ทำ'),
        ),
        migrations.AddConstraint(
            model_name='intakerow',
            constraint=models.UniqueConstraint(fields=('intake', 'place'), name='intake_row_once', violation_error_message='ชุดนี้มีแถวลำดับนี้แล้ว'),
        ),
        migrations.AddConstraint(
            model_name='intakerow',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', True), ('decided_by__isnull', True)), models.Q(('decided_at__isnull', False), ('decided_by__isnull', False)), _connector='OR'), name='intake_row_decided_at_and_by', violation_error_message='การตัดสินต้องมีทั้งเวลาและผู้ตัดสิน'),
        ),
        migrations.RunPython(allow, migrations.RunPython.noop),
    ]
