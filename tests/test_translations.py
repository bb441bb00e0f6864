"""The English catalogue is whole, and compiled from what is written."""

import gettext
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parent.parent
CATALOGUE = ROOT / "certifications/locale/en/LC_MESSAGES/django.po"


def test_every_sentence_has_its_english():
    catalogue = polib.pofile(str(CATALOGUE))
    assert len(catalogue) > 300
    assert [entry.msgid for entry in catalogue if entry.fuzzy or not entry.translated()] == []


def test_the_compiled_catalogue_says_what_is_written():
    with CATALOGUE.with_suffix(".mo").open("rb") as compiled:
        english = gettext.GNUTranslations(compiled)
    for entry in polib.pofile(str(CATALOGUE)):
        if entry.msgid_plural:
            for plural, number in ((0, 1), (1, 2)):
                said = english.ngettext(entry.msgid, entry.msgid_plural, number)
                assert said == entry.msgstr_plural[plural]
        elif entry.msgctxt:
            assert english.pgettext(entry.msgctxt, entry.msgid) == entry.msgstr
        else:
            assert english.gettext(entry.msgid) == entry.msgstr
