"""The services citizens come for; staff edit them from here on."""

from django.db import migrations

SERVICES = [
    ("district", "ทะเบียนและการปกครอง", "District and civil registration"),
    ("land", "ที่ดิน", "Land"),
    ("transport", "ขนส่งและคมนาคม", "Transport"),
    ("employment", "จัดหางาน", "Employment"),
    ("labour", "คุ้มครองแรงงาน", "Labour protection"),
    ("health", "สาธารณสุขและโรงพยาบาล", "Health and hospitals"),
    ("electricity", "ไฟฟ้า", "Electricity"),
    ("water", "ประปา", "Water supply"),
    ("bank", "ธนาคารของรัฐ", "State banks"),
    ("commerce", "พาณิชย์", "Commerce"),
    ("justice", "ยุติธรรมและบังคับคดี", "Justice and legal execution"),
    ("prison", "เรือนจำและทัณฑสถาน", "Prisons"),
    ("complaints", "รับเรื่องร้องเรียน", "Complaints"),
    ("customs", "ศุลกากร", "Customs"),
    ("consular", "การกงสุล", "Consular affairs"),
    ("investment", "ส่งเสริมการลงทุน", "Investment promotion"),
    ("science", "วิทยาศาสตร์บริการ", "Science services"),
    ("other", "อื่น ๆ", "Other"),
]


def add(apps, schema_editor):
    service = apps.get_model("certifications", "Service")
    service.objects.bulk_create(
        service(code=code, name_th=name_th, name_en=name_en, order=order * 10)
        for order, (code, name_th, name_en) in enumerate(SERVICES, start=1)
    )


class Migration(migrations.Migration):
    dependencies = [("certifications", "0001_create_the_register")]

    operations = [migrations.RunPython(add, migrations.RunPython.noop)]
