# SPDX-License-Identifier: Apache-2.0
"""What a process may do with an account: as asked, and bound to ids once approved."""

from dataclasses import dataclass

import reference as references
from account import one_named
from assent.v1 import broker_pb2
from failure import Failure

MOST_VAULTS = 100
MOST_REFERENCES = 1_000


def check(scope):
    """Fails closed: what is unset, empty or not known is refused (SES-016)."""
    extent = scope.WhichOneof("extent")
    parts = [scope] + ([getattr(scope, extent)] if extent else [])
    known = all(len(part.UnknownFields()) == 0 for part in parts)
    reading, writing = broker_pb2.ACCESS_READ, broker_pb2.ACCESS_READ_WRITE
    if not known or extent is None or scope.access not in (reading, writing):
        raise Failure("INVALID")
    if extent == "vaults":
        names = scope.vaults.vaults
        if not 0 < len(names) <= MOST_VAULTS or not all(names):
            raise Failure("INVALID")
    if extent == "references":
        texts = scope.references.references
        if not 0 < len(texts) <= MOST_REFERENCES or scope.access == writing:
            raise Failure("INVALID")
        try:
            for text in texts:
                references.parse(text, of_scope=True)
        except references.Unread:
            raise Failure("INVALID") from None


def asked(request):
    """The scope of an AuthorizeRequest; unset: every vault, reading."""
    scope = broker_pb2.Scope()
    if request.HasField("scope"):
        check(request.scope)
        scope.CopyFrom(request.scope)
    else:
        scope.access = broker_pb2.ACCESS_READ
        scope.every_vault.SetInParent()
    return scope


@dataclass(frozen=True)
class Bound:
    """A scope whose names are ids (SES-018)."""

    writes: bool
    # None: every vault, those to come too.
    vaults: frozenset = None
    # Of references: (vault, item, field or None, attribute), else None.
    fields: frozenset = None

    @property
    def is_every(self):
        return self.vaults is None and self.fields is None

    def covers(self, other):
        """Whether all of the other is granted by this one alone (SES-017)."""
        if other.writes and not self.writes:
            return False
        if self.is_every:
            return True
        if self.vaults is not None:
            if other.fields is not None:
                return all(vault in self.vaults for vault, *_ in other.fields)
            return other.vaults is not None and other.vaults <= self.vaults
        return other.fields is not None and all(
            one in self.fields or (*one[:2], None, "") in self.fields for one in other.fields
        )

    def has_vault(self, vault):
        """All that is and will be in it."""
        return self.is_every or (self.vaults is not None and vault in self.vaults)

    def has_item(self, vault, item):
        """All of an item."""
        return self.has_vault(vault) or (
            self.fields is not None and (vault, item, None, "") in self.fields
        )

    def has_field(self, vault, item, field, attribute):
        """A one-time code is not its seed, nor the other way round."""
        return self.has_item(vault, item) or (
            self.fields is not None and (vault, item, field, attribute) in self.fields
        )

    def visible(self, account):
        """Vaults in which names are looked up: what is outside is as if it were not."""
        if self.is_every:
            return list(account.vaults.values())
        named = self.vaults if self.fields is None else {vault for vault, *_ in self.fields}
        return [vault for vault in account.vaults.values() if vault.id in named]

    def message(self):
        """As a Grant tells it."""
        access = broker_pb2.ACCESS_READ_WRITE if self.writes else broker_pb2.ACCESS_READ
        scope = broker_pb2.Scope(access=access)
        if self.is_every:
            scope.every_vault.SetInParent()
        elif self.vaults is not None:
            scope.vaults.vaults.extend(sorted(self.vaults))
        else:
            for vault, item, field, attribute in sorted(self.fields, key=str):
                end = f"/{field}" if field else ""
                query = f"?attribute={attribute}" if attribute else ""
                scope.references.references.append(f"assent://{vault}/{item}{end}{query}")
        return scope


def bind(scope, account):
    """Names become ids. None: nothing of it is there, so nothing can be granted."""
    writes = scope.access == broker_pb2.ACCESS_READ_WRITE
    extent = scope.WhichOneof("extent")
    if extent == "every_vault":
        return Bound(writes)
    vaults = list(account.vaults.values())
    if extent == "vaults":
        found = set()
        for name in scope.vaults.vaults:
            named = one_named(vaults, name, lambda one: one.name, lambda one: one.id)
            found |= {one.id for one in named if len(named) == 1}
        return Bound(writes, vaults=frozenset(found)) if found else None
    found = set()
    for text in scope.references.references:
        try:
            parsed = references.parse(text, of_scope=True)
            vault, item = references.find_item(parsed, vaults)
            field = references.find_field(parsed, item).id if parsed.field else None
            found.add((vault.id, item.overview.id, field, parsed.attribute))
        except references.Unread:
            continue
    return Bound(False, fields=frozenset(found)) if found else None
