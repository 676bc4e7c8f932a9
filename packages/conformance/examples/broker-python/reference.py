# SPDX-License-Identifier: Apache-2.0
"""assent://vault/item/[section/]field, and what of an item it names."""

import base64
import hashlib
import hmac
import re
import struct
import urllib.parse
from dataclasses import dataclass

from account import fold, one_named
from assent.v1 import item_pb2

LONGEST = 2_048
SEGMENT = re.compile(r"[A-Za-z0-9\-_. ]+")
ATTRIBUTES = ("otp", "totp", "value", "type", "id")


@dataclass(frozen=True)
class Reference:
    vault: str
    item: str
    section: str = None
    field: str = None
    # "": the value itself.
    attribute: str = ""


class Unread(Exception):
    """Why a reference has no value: the name of a ReferenceFailure."""


def parse(text, of_scope=False):
    """`of_scope`: a whole item may be named. Raises Unread("PARSING")."""
    scheme, _, rest = text.partition("://")
    path, question, parameter = rest.partition("?")
    segments = path.split("/")
    fewest = 2 if of_scope else 3
    if (
        len(text) > LONGEST
        or scheme not in ("assent", "op")
        or not fewest <= len(segments) <= 4
        or not all(SEGMENT.fullmatch(one) and one.strip() for one in segments)
    ):
        raise Unread("PARSING")
    attribute = ""
    if question:
        key, _, attribute = parameter.partition("=")
        if key != "attribute" or attribute not in ATTRIBUTES or len(segments) < 3:
            raise Unread("PARSING")
    attribute = {"value": "", "totp": "otp"}.get(attribute, attribute)
    section = segments[2] if len(segments) == 4 else None
    field = segments[-1] if len(segments) > 2 else None
    return Reference(segments[0], segments[1], section, field, attribute)


def only(found, kind):
    if len(found) == 1:
        return found[0]
    raise Unread(f"{kind}_NOT_FOUND" if not found else f"TOO_MANY_{kind}S")


def find_item(reference, vaults):
    """The vault and the item. Raises Unread."""
    vault = only(
        one_named(vaults, reference.vault, lambda one: one.name, lambda one: one.id), "VAULT"
    )
    return vault, only(vault.of(reference.item), "ITEM")


def find_field(reference, item):
    """Raises Unread."""
    fields = list(item.fields)
    if reference.section is not None:
        sections = one_named(
            item.sections, reference.section, lambda one: one.title, lambda one: one.id
        )
        if not sections:
            raise Unread("SECTION_NOT_FOUND")
        ids = [section.id for section in sections]
        fields = [one for one in fields if one.section_id in ids]
    found = one_named(fields, reference.field, lambda one: one.title, lambda one: one.id)
    plain = [one for one in found if one.section_id == ""]
    return only(plain if len(plain) == 1 else found, "FIELD")


def value_of(field, attribute, wall_ms):
    """The bytes that were asked for. Raises Unread."""
    if attribute == "id":
        return field.id.encode()
    if attribute == "type":
        return item_pb2.FieldType.Name(field.type).removeprefix("FIELD_TYPE_").lower().encode()
    if attribute == "otp":
        if field.type != item_pb2.FIELD_TYPE_TOTP:
            raise Unread("NOT_A_TOTP_FIELD")
        return one_time_code(field.value.decode(), wall_ms)
    return field.value


def one_time_code(seed, wall_ms):
    """RFC 6238, of an otpauth URI or a base32 secret: SHA-1, six digits, 30 seconds."""
    try:
        query = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(seed).query))
        text = fold(query.get("secret", seed)).upper()
        key = base64.b32decode(text + "=" * (-len(text) % 8))
    except ValueError:
        raise Unread("TOTP_FAILED") from None
    digest = hmac.new(key, struct.pack(">Q", wall_ms // 30_000), hashlib.sha1).digest()
    at = digest[-1] & 15
    number = struct.unpack(">I", digest[at : at + 4])[0] & 0x7FFFFFFF
    return f"{number % 1_000_000:06}".encode()
