# SPDX-License-Identifier: Apache-2.0
"""Where the user decides: this terminal. Without one, nothing is ever approved."""

import asyncio
import getpass
import sys

import operations
import prompt_text
from account import Account, new_id
from assent.v1 import item_pb2


class Terminal:
    """One account, with assent://Example/Greeting/value in it."""

    def __init__(self, broker):
        self._broker = broker
        self._shown = asyncio.Queue()
        broker.prompts.shown = self._shown.put_nowait

    async def decide(self):
        """Ask about one prompt after the other, for as long as the broker runs."""
        if not sys.stdin.isatty():
            return
        account = await self._make_account()
        while True:
            prompt = await self._shown.get()
            if not self._broker.prompts.is_pending(prompt):
                continue
            print(f"\n{self._text(prompt)}")
            typed = await ask("Password to approve, nothing to deny: ")
            if not typed:
                if self._broker.prompts.is_pending(prompt):
                    self._broker.prompts.deny(prompt)
            elif not await self._broker.authorizations.approve(prompt, typed, account.id):
                print("That was not the password, or nobody waits any more.")
                self._shown.put_nowait(prompt)

    def _text(self, prompt):
        accounts = [] if prompt.wish.account else self._broker.accounts.values()
        return prompt_text.render(prompt.wish, prompt.process, accounts).text

    async def _make_account(self):
        password = await ask('A password for the account "Example": ')
        account = Account(new_id(), "Example", password)
        item = item_pb2.Item(fields=[operations.concealed("value", "hello")])
        item.overview.title = "Greeting"
        account.vault("Example").add(item)
        self._broker.accounts[account.id] = account
        return account


async def ask(question):
    return (await asyncio.to_thread(getpass.getpass, question)).encode()
