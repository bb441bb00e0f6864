from django.db import migrations

# The functions behind the triggers on PostgreSQL name the column in their text, which no renaming
# follows: a later migration of the same run that writes would fail. SQLite mends its triggers
# itself. Either way they are made anew after the run (`audit.triggers`).
MEND_FUNCTIONS = """
    DO $$
    DECLARE found record;
    BEGIN
        FOR found IN
            SELECT p.oid FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
            WHERE n.nspname = current_schema() AND p.prorettype = 'trigger'::regtype
                AND starts_with(p.proname, 'change_')
        LOOP
            EXECUTE replace(replace(pg_get_functiondef(found.oid),
                'by_name, {old}, why', 'by_name, {new}, why'), 'act->>''{old}''', 'act->>''{new}''');
        END LOOP;
    END $$
"""


def mend(old, new):
    def functions(apps, schema_editor):
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(MEND_FUNCTIONS.format(old=old, new=new))

    return functions


class Migration(migrations.Migration):

    dependencies = [
        ('certifications', '0016_declare_a_round_complete'),
    ]

    operations = [
        migrations.RenameField(model_name='change', old_name='door', new_name='channel'),
        migrations.RunPython(mend("door", "channel"), mend("channel", "door")),
    ]
