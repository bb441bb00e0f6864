"""One invented record of everything the staff desk shows."""

import datetime

from django.db.models import Model

from certifications import models
from certifications.actions.propose import propose_publication
from tests import make

ON_REVIEW = (models.AgencyToReview, models.AwardToReview, models.EventToReview)


def one_of_each() -> dict[type[Model], Model]:
    """Model → one record of it, for every model that is registered at the desk."""
    level, source = make.level(), make.source()
    ministry = make.ministry(name_th="กระทรวงสมมติ")
    office = make.agency(name_th="สำนักงานสมมติแพร่", parent=ministry, province="54")
    event = make.event(2565, held_on=datetime.date(2022, 9, 28))
    award = make.award(office, 2565, level=level, event=event)
    succession = models.AgencySuccession.objects.create(
        kind="renamed", predecessor=make.agency(), successor=office, source=source
    )
    criterion = models.Criterion.objects.create(
        first_year=2565, last_year=2565, order=1, title_th="ด้านสมมติ"
    )
    loaded = models.LoadedRecord.objects.create(kind="x", key="y", object_id=1, values={})
    service = models.Service.objects.first()
    word = models.SearchWord.objects.create(typed="สมม.", means="สมมติ")
    place = models.PlaceName.objects.create(name="เกาะสมมติ", province="90")
    missed = models.MissedQuery.objects.create(
        text="ร้านสมมติ", count=3, last_asked_on=datetime.date(2026, 1, 1)
    )
    made = [
        word,
        place,
        missed,
        level,
        source,
        office,
        event,
        award,
        succession,
        criterion,
        loaded,
        service,
    ]
    made.append(make.figure(666, agency=ministry))
    made.append(make.declaration(2565, agency=ministry))
    draft = make.award(make.agency(name_th="สำนักงานร่าง"), 2565, published=False)
    made.append(propose_publication([draft], by=make.user("proposer")))
    models.Agency.objects.filter(pk=draft.agency_id).update(phone="1111")
    made.append(models.Change.objects.filter(table="certifications.agency").first())
    made.append(models.AccessEvent.objects.create(kind="refused"))
    made.append(models.AccountChange.objects.filter(table="auth.user").first())
    made.append(make.accepted_doubt(award))
    made.append(make.merge_log())
    made.append(make.intake("1. สำนักงานสมมติน่าน"))
    made.append(make.intake("สำนักงานสมมติแพร่"))
    for kind in ON_REVIEW:
        made.append(kind.objects.first())
    return {type(record): record for record in made}
