"""People as lists write them."""

import pytest

from certifications.reference import people

WRITTEN = {
    "a name": ("นายก ใจดี", ("นายก ใจดี", "")),
    "a position": ("นายก ใจดี (ผู้อำนวยการ)", ("นายก ใจดี", "ผู้อำนวยการ")),
    "without a space": ("นายก(หัวหน้า)", ("นายก", "หัวหน้า")),
    "spaces within": ("นายก ( หัวหน้า )", ("นายก", "หัวหน้า")),
    "brackets in the position": ("นายก (รอง (1))", ("นายก", "รอง (1)")),
    "a bracket before the name": ("(ว่าที่) นายก (หัวหน้า)", ("(ว่าที่) นายก", "หัวหน้า")),
    "a number before the name": ("1) นายก (หัวหน้า)", ("1) นายก", "หัวหน้า")),
    "brackets alone": ("(ผู้อำนวยการ)", ("(ผู้อำนวยการ)", "")),
    "something behind": ("นายก (หัวหน้า) ฝ่ายทะเบียน", ("นายก (หัวหน้า) ฝ่ายทะเบียน", "")),
}


@pytest.mark.parametrize(("text", "parts"), WRITTEN.values(), ids=WRITTEN)
def test_a_name_and_the_position_in_brackets_are_told_apart(text, parts):
    assert people.name_and_position(text) == parts
    assert people.with_behalf(text) == (*parts, "", "")


BEHALF = {
    "both posts": (
        "นายก (รองอธิบดี) แทน นายข (อธิบดี)",
        ("นายก", "รองอธิบดี", "นายข", "อธิบดี"),
    ),
    "run together": ("นายก (รองอธิบดี)แทนนายข", ("นายก", "รองอธิบดี", "นายข", "")),
    "received instead": ("นายก รับมอบแทน นายข (อธิบดี)", ("นายก", "", "นายข", "อธิบดี")),
    "in the position": (
        "นายก (ผู้ช่วย แทน หัวหน้า)",
        ("นายก", "ผู้ช่วย แทน หัวหน้า", "", ""),
    ),
    "acting": (
        "นายก (รองอธิบดี รักษาราชการแทนอธิบดี)",
        ("นายก", "รองอธิบดี รักษาราชการแทนอธิบดี", "", ""),
    ),
    "acting, without brackets": (
        "นายก รักษาราชการแทนอธิบดี",
        ("นายก รักษาราชการแทนอธิบดี", "", "", ""),
    ),
    "nobody named": ("นายก แทน", ("นายก แทน", "", "", "")),
}


@pytest.mark.parametrize(("text", "parts"), BEHALF.values(), ids=BEHALF)
def test_on_whose_behalf_somebody_came_is_read(text, parts):
    assert people.with_behalf(text) == parts


def test_what_is_written_is_read_again():
    for person in [("นายก", ""), ("นายก", "รอง (1)")]:
        assert people.name_and_position(people.in_words(*person)) == person
