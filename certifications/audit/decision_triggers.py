"""The trigger that lets nobody decide what they had a hand in: no constraint sees two tables."""

from collections.abc import Iterator

from certifications.audit.stored import Trigger

TABLE, HANDS = "certifications_proposal", "certifications_proposalhand"
NAME = "proposal_decided_by_no_hand_in_it"

_FORBIDDEN = (
    "NEW.decided_by_id IS NOT NULL AND NEW.decision <> 'taken_back' AND NOT NEW.single_hand"
    " AND EXISTS (SELECT 1 FROM certifications_proposalhand h"
    " WHERE h.proposal_id = NEW.id AND h.account_id = NEW.decided_by_id)"
)
_BODY = f"""
        BEGIN
            IF {_FORBIDDEN} THEN
                RAISE EXCEPTION '{NAME}' USING ERRCODE = 'check_violation';
            END IF;
            RETURN NEW;
        END """


def decision_triggers(vendor: str) -> Iterator[Trigger]:
    if vendor == "sqlite":
        sql = (
            f"CREATE TRIGGER {NAME} BEFORE UPDATE ON {TABLE} WHEN {_FORBIDDEN} "
            f"BEGIN SELECT RAISE(ABORT, '{NAME}'); END"
        )
        yield Trigger(TABLE, NAME, sql)
    else:
        sql = (
            f"CREATE TRIGGER {NAME} BEFORE UPDATE ON {TABLE} FOR EACH ROW EXECUTE FUNCTION {NAME}()"
        )
        yield Trigger(TABLE, NAME, sql, NAME, _BODY)
