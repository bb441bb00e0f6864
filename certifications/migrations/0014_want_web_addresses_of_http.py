"""Whatever staff type as a web address begins with http: or https:."""

import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('certifications', '0013_propose_what_is_public'),
    ]

    operations = [
        migrations.AlterField(
            model_name='agency',
            name='website',
            field=models.URLField(blank=True, max_length=500, validators=[django.core.validators.URLValidator(message='ที่อยู่เว็บต้องเปิดด้วยเบราว์เซอร์ได้ เช่น https://www.example.go.th/', schemes=['http', 'https'])], verbose_name='เว็บไซต์'),
        ),
        migrations.AlterField(
            model_name='source',
            name='url',
            field=models.URLField(error_messages={'unique': 'แหล่งที่มานี้มีอยู่แล้วในทะเบียน'}, max_length=1000, unique=True, validators=[django.core.validators.URLValidator(message='ที่อยู่เว็บต้องเปิดด้วยเบราว์เซอร์ได้ เช่น https://www.example.go.th/', schemes=['http', 'https'])], verbose_name='ที่อยู่เว็บ'),
        ),
    ]
