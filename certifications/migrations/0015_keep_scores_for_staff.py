"""A score is for staff unless a source that anyone can read prints it: of none is it known yet."""

from django.conf import settings
from django.db import migrations, models


def drop_triggers_that_read_awards(apps, schema_editor):
    """SQLite makes the table anew, and refuses to while triggers of other tables read it.

    All are installed again after migrating.
    """
    if schema_editor.connection.vendor != "sqlite":
        return
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger' "
            "AND sql LIKE '%%certifications_award%%'",
            [],
        )
        for (name,) in cursor.fetchall():
            cursor.execute(f'DROP TRIGGER "{name}"')


class Migration(migrations.Migration):

    dependencies = [
        ('certifications', '0014_want_web_addresses_of_http'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunPython(drop_triggers_that_read_awards, migrations.RunPython.noop),
        migrations.AddField(
            model_name='award',
            name='score_is_printed',
            field=models.BooleanField(default=False, help_text='เลือกเมื่อแหล่งที่มาที่ประชาชนเปิดอ่านได้พิมพ์คะแนนนี้ไว้ มิฉะนั้นคะแนนเห็นได้เฉพาะเจ้าหน้าที่', verbose_name='แหล่งที่มาที่เปิดเผยระบุคะแนนไว้'),
        ),
        migrations.AddConstraint(
            model_name='award',
            constraint=models.CheckConstraint(condition=models.Q(('score_is_printed', False), ('score__isnull', False), _connector='OR'), name='award_printed_score_is_given', violation_error_message='เมื่อแหล่งที่มาระบุคะแนนไว้ ต้องกรอกคะแนนด้วย'),
        ),
    ]
