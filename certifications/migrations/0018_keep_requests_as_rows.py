"""Requests are kept as the rows that their act would write, whatever the record."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

ENDS = {"award": "award", "event": "awardevent", "declaration": "rounddeclaration"}
# What becomes public with a record: the rows that are part of it, and the column that leads to it.
PARTS = {
    "award": [("awardrecipient", "award_id"), ("award_sources", "award_id")],
    "awardevent": [("eventfile", "event_id"), ("awardevent_sources", "awardevent_id")],
    "rounddeclaration": [("rounddeclaration_sources", "rounddeclaration_id")],
}
NO_COLUMNS = {"public", "sources", "recipients", "files"}


def keep_as_rows(apps, schema_editor):
    proposal = apps.get_model("certifications", "Proposal")
    for one in proposal.objects.prefetch_related("items").order_by("pk"):
        for item in one.items.all():
            KEPT[one.kind](apps, one, item)
            item.save()
        if one.kind in ("publish", "withdraw"):
            named = [[item.table, item.record_key] for item in one.items.all()]
            one.arguments = {"records": named, "reason": one.reason}
            one.save()
    proposal.objects.filter(kind="correct").update(kind="edit")


def _record_of(item):
    end = next(end for end in ENDS if getattr(item, f"{end}_id"))
    return ENDS[end], getattr(item, f"{end}_id")


def _keep_publication(apps, proposal, item):
    name, key = _record_of(item)
    item.table, item.record_key, item.kind = f"certifications.{name}", key, "update"
    item.before = {column: v for column, v in item.before.items() if column not in NO_COLUMNS}
    record = apps.get_model("certifications", name).objects.get(pk=key)
    item.before |= {"hidden_reason": record.hidden_reason}
    is_withdrawal = proposal.kind == "withdraw"
    item.after = item.before | {"hidden_reason": proposal.reason if is_withdrawal else ""}
    if proposal.kind == "publish" and item.is_open:
        for part, column in PARTS[name]:
            rows = apps.get_model("certifications", part).objects.filter(**{column: key})
            item.belongings |= {
                f"certifications.{part}": {str(row["id"]): row for row in rows.values()}
            } if rows else {}


def _keep_correction(apps, proposal, item):
    fields = apps.get_model("certifications", "Award")._meta
    item.table, item.record_key, item.kind = "certifications.award", item.award_id, "update"
    item.after = {fields.get_field(name).attname: value for name, value in item.after.items()}
    item.before = {column: item.before.get(column) for column in item.after}


def _keep_status(apps, proposal, item):
    item.table, item.record_key, item.kind = "certifications.awardstatuschange", -1, "insert"
    item.before, item.after = None, item.after | {
        "award_id": item.award_id,
        "reason": proposal.reason,
        "source_id": proposal.source_id,
        "recorded_by_id": proposal.proposed_by_id,
    }


KEPT = {
    "publish": _keep_publication,
    "withdraw": _keep_publication,
    "correct": _keep_correction,
    "status": _keep_status,
}


class Migration(migrations.Migration):

    dependencies = [
        ('certifications', '0017_call_the_way_a_change_came_in_its_channel'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ProposalHand',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('part', models.CharField(choices=[('proposed', 'เสนอ'), ('recorded', 'บันทึกหรือแก้ไข'), ('matched', 'จับคู่จากบัญชีรายชื่อ')], max_length=8, verbose_name='ส่วนที่ทำ')),
            ],
            options={
                'verbose_name': 'ผู้มีส่วนในข้อเสนอ',
                'verbose_name_plural': 'ผู้มีส่วนในข้อเสนอ',
                'ordering': ['pk'],
            },
        ),
        migrations.RemoveConstraint(
            model_name='proposal',
            name='proposal_with_reason',
        ),
        migrations.RemoveConstraint(
            model_name='proposalitem',
            name='proposal_open_once_an_award',
        ),
        migrations.RemoveConstraint(
            model_name='proposalitem',
            name='proposal_open_once_an_event',
        ),
        migrations.RemoveConstraint(
            model_name='proposalitem',
            name='proposal_item_of_one_record',
        ),
        migrations.RemoveConstraint(
            model_name='proposalitem',
            name='proposal_open_once_a_declaration',
        ),
        migrations.AddField(
            model_name='proposal',
            name='arguments',
            field=models.JSONField(blank=True, default=dict, verbose_name='สิ่งที่ระบุ'),
        ),
        migrations.AddField(
            model_name='proposalitem',
            name='belongings',
            field=models.JSONField(blank=True, default=dict, verbose_name='ส่วนประกอบ'),
        ),
        migrations.AddField(
            model_name='proposalitem',
            name='kind',
            field=models.CharField(choices=[('insert', 'เพิ่ม'), ('update', 'แก้ไข'), ('delete', 'ลบ')], default='', max_length=6, verbose_name='ประเภท'),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='proposalitem',
            name='named',
            field=models.JSONField(blank=True, default=dict, verbose_name='สิ่งที่อ้างถึง'),
        ),
        migrations.AddField(
            model_name='proposalitem',
            name='record_key',
            field=models.BigIntegerField(default=0, verbose_name='รหัสระเบียน'),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='proposalitem',
            name='sent_back',
            field=models.TextField(blank=True, verbose_name='เหตุผลที่ส่งคืน'),
        ),
        migrations.AddField(
            model_name='proposalitem',
            name='table',
            field=models.CharField(default='', max_length=60, verbose_name='ตาราง'),
            preserve_default=False,
        ),
        migrations.AlterField(
            model_name='proposal',
            name='kind',
            field=models.CharField(choices=[('publish', 'เผยแพร่'), ('withdraw', 'ถอนจากการเผยแพร่'), ('hide', 'งดแสดงทันที รอยืนยัน'), ('edit', 'แก้ไขข้อมูลที่เผยแพร่แล้ว'), ('contact', 'แก้ไขข้อมูลติดต่อ'), ('status', 'เปลี่ยนสถานะการรับรอง'), ('rename', 'เปลี่ยนชื่อหน่วยงาน'), ('succeed', 'บันทึกการสืบทอดหน่วยงาน'), ('close', 'ปิดหน่วยงาน'), ('reopen', 'ยกเลิกการปิดหน่วยงาน'), ('merge', 'รวมระเบียนหน่วยงาน'), ('undo_merge', 'ย้อนการรวมระเบียน')], max_length=10, verbose_name='เรื่อง'),
        ),
        migrations.AlterField(
            model_name='proposalitem',
            name='after',
            field=models.JSONField(null=True, verbose_name='หลัง'),
        ),
        migrations.AlterField(
            model_name='proposalitem',
            name='before',
            field=models.JSONField(null=True, verbose_name='ก่อน'),
        ),
        migrations.AddField(
            model_name='proposalhand',
            name='account',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='บัญชี'),
        ),
        migrations.AddField(
            model_name='proposalhand',
            name='proposal',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='hands', to='certifications.proposal', verbose_name='ข้อเสนอ'),
        ),
        migrations.RunPython(keep_as_rows, migrations.RunPython.noop),
        migrations.RemoveField(
            model_name='proposalitem',
            name='award',
        ),
        migrations.RemoveField(
            model_name='proposalitem',
            name='declaration',
        ),
        migrations.RemoveField(
            model_name='proposalitem',
            name='event',
        ),
        migrations.AddIndex(
            model_name='proposalitem',
            index=models.Index(condition=models.Q(('is_open', True)), fields=['table', 'record_key'], name='proposal_item_waiting'),
        ),
        migrations.AddConstraint(
            model_name='proposal',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['publish', 'edit', 'contact']), models.Q(('reason', ''), _negated=True), _connector='OR'), name='proposal_with_reason', violation_error_message='ต้องระบุเหตุผล'),
        ),
        migrations.AddConstraint(
            model_name='proposalhand',
            constraint=models.UniqueConstraint(fields=('proposal', 'account', 'part'), name='proposal_hand_once_a_part'),
        ),
    ]
