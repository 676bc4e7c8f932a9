# SPDX-License-Identifier: Apache-2.0
"""Accounts in memory: an example keeps nothing and encrypts nothing."""

import hmac
import secrets
import unicodedata
from dataclasses import dataclass, field

from assent.v1 import item_pb2


def new_id():
    return "".join(secrets.choice("abcdefghijklmnopqrstuvwxyz234567") for _ in range(26))


def fold(name):
    """Names are compared like this; ids never."""
    return unicodedata.normalize("NFKC", name).casefold().strip()


def one_named(things, asked, name_of, id_of):
    """By id, else by name. A list: none, the one, or several of that name."""
    by_id = [one for one in things if id_of(one) == asked]
    return by_id or [one for one in things if fold(name_of(one)) == fold(asked)]


@dataclass(eq=False)
class Vault:
    id: str
    name: str
    description: str = ""
    items: dict = field(default_factory=dict)

    def of(self, asked):
        return one_named(
            [item for item in self.items.values() if not item.overview.archived],
            asked,
            lambda item: item.overview.title,
            lambda item: item.overview.id,
        )

    def add(self, item):
        """Keep an item; it gets an id if it has none, and its next revision."""
        kept = item_pb2.Item()
        kept.CopyFrom(item)
        kept.overview.id = kept.overview.id or new_id()
        kept.overview.vault_id = self.id
        kept.revision += 1
        self.items[kept.overview.id] = kept
        return kept


@dataclass(eq=False)
class Account:
    id: str
    name: str
    credential: bytes
    locked: bool = False
    # Unlocked by an approval: locks again with its last session.
    by_approval: bool = False
    # Rises with each lock, so that an approval under way knows.
    generation: int = 0
    vaults: dict = field(default_factory=dict)

    def accepts(self, credential):
        return credential is not None and hmac.compare_digest(self.credential, credential)

    def lock(self):
        self.generation += 1
        self.locked, self.by_approval = True, False

    def vault(self, name):
        """By name, made when missing."""
        for vault in self.vaults.values():
            if vault.name == name:
                return vault
        return self.add_vault(name, "")

    def add_vault(self, name, description):
        vault = Vault(new_id(), name, description)
        self.vaults[vault.id] = vault
        return vault


class Accounts(dict):
    """By id."""

    def asked(self, name):
        """By id, else by exact name; None when there is none or more than one."""
        if name in self:
            return self[name]
        named = [one for one in self.values() if one.name == name]
        return named[0] if len(named) == 1 else None
