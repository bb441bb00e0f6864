"""What searching finds by, the words it knows, and the queries that found nothing."""

import csv
from pathlib import Path

import certifications.reference.provinces
import django.db.models.deletion
from django.contrib.auth.management import create_permissions
from django.db import migrations, models

DATA = Path(__file__).parent.parent / "data"

# Lexemes of the key, kept by the database itself. Built-in arrays and a GIN index: no extension,
# and no part of it looks at the locale.
POSTGRESQL = """
CREATE FUNCTION search_grams(key text) RETURNS text[]
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT coalesce(array_agg(DISTINCT substr(key, at, 3) COLLATE "C"), '{}')
  FROM generate_series(1, length(key) - 2) AS at
$$;
CREATE INDEX certifications_searchentry_grams ON certifications_searchentry
USING gin (search_grams(key));
"""
POSTGRESQL_BACK = """
DROP INDEX certifications_searchentry_grams;
DROP FUNCTION search_grams(text);
"""

# The trigram tokenizer works on code points, so marks stay with their letters. The text itself is
# read from the entries. A migration that rebuilds the entries' table must make these triggers anew.
SQLITE = [
    """CREATE VIRTUAL TABLE certifications_searchgram USING fts5(
        key, content='certifications_searchentry', content_rowid='agency_id',
        tokenize='trigram case_sensitive 1', detail='none')""",
    """CREATE VIRTUAL TABLE certifications_searchgram_counts USING fts5vocab(
        'certifications_searchgram', 'row')""",
    """CREATE TRIGGER certifications_searchentry_added AFTER INSERT ON certifications_searchentry
    BEGIN
        INSERT INTO certifications_searchgram(rowid, key) VALUES (new.agency_id, new.key);
    END""",
    """CREATE TRIGGER certifications_searchentry_removed AFTER DELETE ON certifications_searchentry
    BEGIN
        INSERT INTO certifications_searchgram(certifications_searchgram, rowid, key)
        VALUES ('delete', old.agency_id, old.key);
    END""",
    """CREATE TRIGGER certifications_searchentry_changed
    AFTER UPDATE OF agency_id, key ON certifications_searchentry
    BEGIN
        INSERT INTO certifications_searchgram(certifications_searchgram, rowid, key)
        VALUES ('delete', old.agency_id, old.key);
        INSERT INTO certifications_searchgram(rowid, key) VALUES (new.agency_id, new.key);
    END""",
]
SQLITE_BACK = [
    "DROP TRIGGER certifications_searchentry_changed",
    "DROP TRIGGER certifications_searchentry_removed",
    "DROP TRIGGER certifications_searchentry_added",
    "DROP TABLE certifications_searchgram_counts",
    "DROP TABLE certifications_searchgram",
]


def add_grams(apps, schema_editor):
    is_sqlite = schema_editor.connection.vendor == "sqlite"
    for statement in SQLITE if is_sqlite else [POSTGRESQL]:
        schema_editor.execute(statement, params=None)


def remove_grams(apps, schema_editor):
    is_sqlite = schema_editor.connection.vendor == "sqlite"
    for statement in SQLITE_BACK if is_sqlite else [POSTGRESQL_BACK]:
        schema_editor.execute(statement, params=None)


def rows(file):
    with (DATA / file).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def add_vocabulary(apps, schema_editor):
    """The words to begin with; from here on they are the staff's."""
    word = apps.get_model("certifications", "SearchWord")
    words = {}
    for row in rows("abbreviations.csv"):
        key = (row["short_th"], row["full_th"])
        words[key] = word(
            typed=key[0], means=key[1], kind="abbreviation", source=row["source"][:300]
        )
    for row in rows("words.csv"):
        key = (row["typed"], row["means"])
        words.setdefault(key, word(typed=key[0], means=key[1], kind=row["kind"], source=row["source"]))
    word.objects.bulk_create(words.values())
    place = apps.get_model("certifications", "PlaceName")
    place.objects.bulk_create(
        place(name=row["name"], province=row["province_code"], source=row["source"])
        for row in rows("places.csv")
    )


READER = ["view_searchword", "view_placename", "view_missedquery"]
RECORDER = READER + [f"{act}_{model}" for model in ("searchword", "placename") for act in ("add", "change")]
APPROVER = RECORDER + ["delete_searchword", "delete_placename", "delete_missedquery"]
GROUPS = {"ผู้อ่าน": READER, "ผู้บันทึก": RECORDER, "ผู้อนุมัติ": APPROVER}


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
        ('certifications', '0005_add_the_stamp'),
    ]

    operations = [
        migrations.CreateModel(
            name='SearchEntry',
            fields=[
                ('agency', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='search_entry', serialize=False, to='certifications.agency', verbose_name='หน่วยงาน')),
                ('names', models.TextField(verbose_name='ชื่อที่พับแล้ว')),
                ('key', models.TextField(verbose_name='กุญแจค้นหา')),
                ('length', models.PositiveSmallIntegerField(verbose_name='ความยาวชื่อ')),
            ],
            options={
                'verbose_name': 'รายการดัชนีค้นหา',
                'verbose_name_plural': 'รายการดัชนีค้นหา',
            },
        ),
        migrations.CreateModel(
            name='MissedQuery',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.CharField(max_length=60, unique=True, verbose_name='คำค้น')),
                ('count', models.PositiveIntegerField(default=1, verbose_name='จำนวนครั้ง')),
                ('last_asked_on', models.DateField(verbose_name='ค้นล่าสุดเมื่อ')),
            ],
            options={
                'verbose_name': 'คำค้นที่ไม่พบ',
                'verbose_name_plural': 'คำค้นที่ไม่พบ',
                'ordering': ['-count', '-last_asked_on', 'text'],
                'indexes': [models.Index(fields=['count', 'last_asked_on'], name='missed_query_least_asked')],
            },
        ),
        migrations.CreateModel(
            name='PlaceName',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(help_text='เช่น หาดใหญ่ หรือ Hat Yai', max_length=60, verbose_name='ชื่อสถานที่')),
                ('province', models.CharField(choices=certifications.reference.provinces.choices, max_length=2, verbose_name='จังหวัด')),
                ('source', models.CharField(blank=True, max_length=300, verbose_name='ที่มา')),
            ],
            options={
                'verbose_name': 'ชื่อสถานที่แทนจังหวัด',
                'verbose_name_plural': 'ชื่อสถานที่แทนจังหวัด',
                'ordering': ['name', 'province'],
                'constraints': [models.UniqueConstraint(fields=('name', 'province'), name='place_name_once', violation_error_message='สถานที่นี้มีอยู่แล้วในจังหวัดนี้'), models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='place_name_not_empty', violation_error_message='ต้องมีชื่อสถานที่')],
            },
        ),
        migrations.CreateModel(
            name='SearchWord',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('typed', models.CharField(help_text='เช่น รพ. หรือ hospital', max_length=60, verbose_name='คำที่พิมพ์')),
                ('means', models.CharField(help_text='คำเต็มภาษาไทย เช่น โรงพยาบาล', max_length=150, verbose_name='หมายถึง')),
                ('kind', models.CharField(choices=[('abbreviation', 'คำย่อ'), ('spoken', 'คำที่คนทั่วไปใช้'), ('english', 'คำอังกฤษ'), ('romanised', 'คำไทยเขียนด้วยอักษรโรมัน')], default='abbreviation', max_length=20, verbose_name='ประเภท')),
                ('source', models.CharField(blank=True, max_length=300, verbose_name='ที่มา')),
            ],
            options={
                'verbose_name': 'คำย่อและคำแทน',
                'verbose_name_plural': 'คำย่อและคำแทน',
                'ordering': ['kind', 'typed', 'means'],
                'constraints': [models.UniqueConstraint(fields=('typed', 'means'), name='search_word_once', violation_error_message='คำนี้มีความหมายนี้อยู่แล้ว'), models.CheckConstraint(condition=models.Q(models.Q(('typed', ''), _negated=True), models.Q(('means', ''), _negated=True)), name='search_word_not_empty', violation_error_message='ต้องมีทั้งคำที่พิมพ์และความหมาย')],
            },
        ),
        migrations.RunPython(add_grams, remove_grams),
        migrations.RunPython(add_vocabulary, migrations.RunPython.noop),
        migrations.RunPython(allow, migrations.RunPython.noop),
    ]
