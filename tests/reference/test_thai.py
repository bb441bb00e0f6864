"""One spelling of Thai: what typing, spreadsheets and old PDFs do to a name, undone."""

import os
import random
import re
import subprocess
import sys
from pathlib import Path

import pytest

from certifications.reference.thai import arabic_digits, clean, sort_key, words

TYPED = {
    "split sara am": ("ส\u0e4d\u0e32นักงาน", "สำนักงาน"),
    "split sara am, tone inside": ("น\u0e4d\u0e49\u0e32", "น้ำ"),
    "split sara am, tone first": ("น\u0e49\u0e4d\u0e32", "น้ำ"),
    "split sara am, tone last": ("น\u0e4d\u0e32\u0e49", "น้ำ"),
    "split sara am, the other aa": ("ส\u0e4d\u0e45นักงาน", "สำนักงาน"),
    "split sara am with a space": ("ส\u0e4d านักงาน", "สำนักงาน"),
    "tone after sara am": ("นำ\u0e49", "น้ำ"),
    "two sara e": ("เเพร่", "แพร่"),
    "two sara e with a space": ("เ เพร่", "แพร่"),
    "repeated tone": ("แพร่่่", "แพร่"),
    "two tones, the last counts": ("แพร้่", "แพร่"),
    "repeated vowel above": ("ทีี่ดิน", "ที่ดิน"),
    "repeated vowel after": ("นานาาา", "นานา"),
    "repeated vowel with a space": ("ทะ ะเบียน", "ทะเบียน"),
    "repeated leading vowel": ("ไไฟฟ้า", "ไฟฟ้า"),
    "repeated leading vowel with a space": ("โ โรงพยาบาล", "โรงพยาบาล"),
    "tone before vowel": ("ท่ีดิน", "ที่ดิน"),
    "tone after a following vowel": ("หนา้", "หน้า"),
    "silencing mark before vowel": ("สิทธ์ิ", "สิทธิ์"),
    "lakkhangyao for aa": ("นๅน", "นาน"),
    "maitaikhu and a tone": ("เก\u0e47\u0e48บ", "เก็บ"),
    "a tone and maitaikhu": ("เก\u0e48\u0e47บ", "เก็บ"),
    "mark at the start": ("\u0e48\u0e49 ที่ดิน", "ที่ดิน"),
    "mark after a whole word": ("คำ \u0e48ที่สอง", "คำ ที่สอง"),
    "space before a vowel": ("พ ุ่มดอกไม้", "พุ่มดอกไม้"),
    "space before a tone": ("เจ ้าหน้าที ่", "เจ้าหน้าที่"),
    "space before sara am": ("ส ำนักงาน", "สำนักงาน"),
    "zero-width space": ("ที่\u200bดิน", "ที่ดิน"),
    "non-joiner, joiner, word joiner": ("ที่\u200cดิน\u200dแพ\u2060ร่", "ที่ดินแพร่"),
    "byte order mark, soft hyphen": ("\ufeffที่\u00adดิน", "ที่ดิน"),
    "right-to-left marks": ("\u202eที่ดิน\u202c\u200f", "ที่ดิน"),
    "no-break space, tab, lines": ("\u00a0ที่ดิน\u00a0\t แพร่\r\n\nสาขา ", "ที่ดิน แพร่ สาขา"),
    "a hidden space between spaces": ("ที่ดิน \u200b แพร่", "ที่ดิน แพร่"),
    "control characters": ("ที่\x00ดิน\x07", "ที่ดิน"),
    "half of a surrogate pair": ("ที่ดิน\ud800", "ที่ดิน"),
    "full-width digits and letters": ("ＧＥＣＣ　２５６５", "GECC 2565"),
    "glyphs of Windows fonts": ("ท\uf702\uf70aดิน ป\uf701\uf705น กตั\uf70f\uf719", "ที่ดิน ปิ่น กตัญู"),
    "glyphs of Mac fonts": ("ท\uf886\uf88bดิน", "ที่ดิน"),
    "split sara am of Windows fonts": ("ป\uf711\uf713า", "ป่ำ"),
}

REAL = {
    "nothing": "",
    "an office": "สำนักงานจัดหางานจังหวัดแพร่",
    "English and brackets": "ศูนย์ Smart Job Center (สาขา 2)",
    "dots": "ธ.ก.ส. สาขาแม่ฮ่องสอน",
    "paiyannoi and maiyamok": "กรุงเทพฯ และเมืองอื่น ๆ ฯลฯ",
    "quotes and symbols": "“ที่ดิน” 'แพร่' \"น่าน\" – … ½ ™ ฿",
    "vowels after tones": "เทศบาลตำบลเกาะเต่า เก๊าะ เจ้าะแจ้ะ",
    "Thai digits": "แห่งที่ ๒ พ.ศ. ๒๕๖๕",
    "silent and long vocalic letters": "พันธุ์ สิทธิ์ ฤๅษี ฦๅชา ฤกษ์",
    "other stacked marks": "ป่าบอน น้ำปาด ย่านตาขาว ก๋วยเตี๋ยว",
    "an emoji": "รพ.สต. บ้านขุนห้วยแม่เปา 🏥",
    "misspelt consonants": "สุราษฏร์ ศรีษะเกษ",
}


@pytest.mark.parametrize(("typed", "right"), TYPED.values(), ids=TYPED.keys())
def test_a_typing_fault_is_repaired(typed, right):
    assert clean(typed) == right


@pytest.mark.parametrize("name", REAL.values(), ids=REAL.keys())
def test_a_name_typed_well_is_left_alone(name):
    assert clean(name) == name


def test_every_private_glyph_of_old_thai_fonts_becomes_thai():
    glyphs = [*range(0xF700, 0xF71B), *range(0xF884, 0xF89F)]
    assert {clean("ก" + chr(glyph))[1:] for glyph in glyphs} == set("ญฐัิีึืฺุู็่้๊๋์ํ")
    assert {clean("ก" + chr(glyph)) for glyph in (0xF705, 0xF70A, 0xF713, 0xF88A)} == {"ก่"}


def test_nfkc_from_django_user_names_is_undone():
    assert clean("น\u0e49\u0e4d\u0e32ปาด ส\u0e4d\u0e32นักงาน") == "น้ำปาด สำนักงาน"


def nasty_samples():
    """Short jumbles of the signs that interfere with each other, the same on every run."""
    signs = "กฤลเแไะาำๅัิีฺุ็่้๊์ํ๎ๆฯ๒A(  \u200b\u00a0\uf70a\uff9e\uffe3"
    jumble = random.Random(2565)
    return ["".join(jumble.choices(signs, k=jumble.randint(1, 10))) for _ in range(20_000)]


def test_cleaning_twice_changes_nothing_more():
    samples = nasty_samples() + [typed for typed, _ in TYPED.values()]
    unsettled = [ascii(s) for s in samples if clean(clean(s)) != clean(s)]
    assert not unsettled


def test_no_jumble_keeps_a_mark_without_a_letter_or_a_doubled_space():
    marks = "\u0e31\u0e34-\u0e3a\u0e47-\u0e4e"
    broken = [s for s in nasty_samples() if re.search(f"(^| )[{marks}]|  |^ | $", clean(s))]
    assert not broken


LONG = {
    "consonant": "ก",
    "tone": "่",
    "two tones": "่้",
    "vowel": "า",
    "leading vowel": "เ",
    "vowel and space": "า ",
    "space and tone": " ่",
    "emoji": "🏥",
    "digit": "1",
    "Latin": "A",
}


@pytest.mark.parametrize("sign", LONG.values(), ids=LONG.keys())
def test_very_long_text_is_cleaned_and_ordered(sign):
    text = sign * 5000
    assert clean(clean(text)) == clean(text)
    assert len(sort_key(text)) <= 600


def test_thai_digits_turn_to_arabic_ones_and_nothing_else_does():
    assert arabic_digits("ปี ๒๕๖๕ แห่งที่ 2") == "ปี 2565 แห่งที่ 2"
    assert arabic_digits("๐๑๒๓๔๕๖๗๘๙") == "0123456789"


def test_words_of_a_run_on_name():
    assert words("ที่ดินจังหวัดเเพร่  GECC") == ["ที่ดิน", "จังหวัด", "แพร่", "GECC"]


def test_nothing_has_no_words():
    assert words(" \u200b ") == []


DICTIONARY = {
    "provinces": """กระบี่ กรุงเทพมหานคร กาญจนบุรี กาฬสินธุ์ กำแพงเพชร ขอนแก่น ชัยภูมิ ชุมพร เชียงราย
        เชียงใหม่ ตรัง ตราด ตาก นราธิวาส น่าน บึงกาฬ พระนครศรีอยุธยา พะเยา พังงา พิษณุโลก เพชรบุรี
        เพชรบูรณ์ แพร่ ภูเก็ต มุกดาหาร แม่ฮ่องสอน ยโสธร ร้อยเอ็ด ระนอง ลำพูน เลย ศรีสะเกษ
        สมุทรสงคราม สมุทรสาคร สระแก้ว สระบุรี สุโขทัย สุพรรณบุรี อ่างทอง อำนาจเจริญ อุดรธานี""",
    "tones in their order": "กา ก่า ก้า ก๊า ก๋า กาก",
    "a mark never beats a later letter": "เก็ง เก่ง เก้ง เก๋ง เก่งกาจ เกณฑ์",
    "leading vowels follow the consonant": "กัน กา กำ กี กูด เก แก โก ใก ไก ขา",
    "a shorter name first": "กระบี่ กระบี่ใหญ่",
    "digits, then Latin, then Thai": "2 GECC กกจ.",
}


@pytest.mark.parametrize("listed", DICTIONARY.values(), ids=DICTIONARY.keys())
def test_names_sort_as_in_a_thai_dictionary(listed):
    in_order = listed.split()
    keys = [sort_key(name) for name in in_order]
    assert keys == sorted(set(keys))


def test_numbers_sort_by_value():
    in_order = ["แห่งที่ 1", "แห่งที่ ๒", "แห่งที่ 2/1", "แห่งที่ 9", "แห่งที่ 010", "แห่งที่ ๑๑"]
    keys = [sort_key(name) for name in in_order]
    assert keys == sorted(set(keys))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("ธ.ก.ส. แพร่", "ธกส (แพร่)", id="dots and brackets"),
        pytest.param("Smart Job Center", "SMART JOB CENTER", id="capitals"),
        pytest.param("เเพร่", "แพร่", id="typing faults"),
        pytest.param("แห่งที่ ๒", "แห่งที่ 2", id="Thai digits"),
        pytest.param('"ที่ดิน"', "ที่-ดิน", id="quotes and hyphens"),
    ],
)
def test_spelling_variants_share_one_place(one, other):
    assert sort_key(one) == sort_key(other)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="nothing"),
        pytest.param("แพร่", id="Thai"),
        pytest.param("Straße 🏥", id="other scripts"),
        pytest.param("\ud800\x00", id="what no database stores"),
        pytest.param("กระบี่" * 500, id="very long"),
    ],
)
def test_a_key_is_plain_hex_that_every_database_sorts_alike(text):
    assert re.fullmatch("[0-9a-f]{2,600}", sort_key(text))


def test_it_works_where_the_home_folder_cannot_be_written():
    run = subprocess.run(
        [
            sys.executable,
            "-c",
            "from certifications.reference.thai import words; print(len(words('ที่ดินแพร่')))",
        ],
        env={"HOME": os.devnull, "PYTHONUTF8": "1"},
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
    )
    assert (run.stdout.strip(), run.returncode) == ("2", 0), run.stderr
