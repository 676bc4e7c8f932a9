// SPDX-License-Identifier: Apache-2.0
import { join } from "node:path";
import { createId } from "../crypto/id.ts";
import { type Random, randomBytes, systemRandom } from "../crypto/random.ts";
import type { SlotChange } from "../vault/native-rotation.ts";
import { openSlot, parseParameters, saltLength } from "../vault/native-slot.ts";
import { type Account, type AccountFacts, translated } from "./account.ts";
import {
  AccountError,
  type Accounts,
  type Proof,
  type RestoreAuthority,
  type VerifiedCredential,
} from "./accounts.ts";
import { createBackups } from "./backups.ts";
import { type CredentialContent, createCredentials } from "./credentials.ts";
import {
  checkPassword,
  createPasswordDeriver,
  type PasswordOptions,
} from "./password.ts";
import { openRoster } from "./roster.ts";
import {
  deriveSlotKey,
  draftPasswordSlot,
  draftRecoverySlot,
} from "./slots.ts";
import type { StagedBackup } from "./staged-backup.ts";

/** What the accounts depend on. */
export interface AccountsOptions {
  /** Where the files lie, absolute: only the user may look into it. Made when missing. */
  readonly directory: string;
  /** The wall clock, milliseconds; by default the system's. */
  readonly now?: () => number;
  readonly random?: Random;
  readonly passwords?: PasswordOptions;
  readonly onNotice?: AccountFacts["onNotice"];
}

/**
 * The accounts in a directory, each in a file of its own that is held open. A
 * file that cannot be used is listed with its problem and does not stop the
 * others.
 *
 * @throws AccountError "unsafe" or "storage" when the directory cannot be used.
 * @throws RangeError when the cost of passwords is out of bounds.
 */
export function createAccounts(options: AccountsOptions): Accounts {
  const { directory, now = Date.now, random = systemRandom } = options;
  const passwords = createPasswordDeriver(options.passwords);
  const backups = createBackups(join(directory, "backups"), now);
  const roster = openRoster(directory, {
    now,
    random,
    backups,
    onNotice: options.onNotice ?? (() => {}),
  });
  const credentials = createCredentials();
  const generations = new Map<string, number>();

  function generation(id: string): number {
    return generations.get(id) ?? 0;
  }

  function raise(id: string): void {
    generations.set(id, generation(id) + 1);
  }

  // A credential counts only while its account is as it was when the check
  // began: lock and a change of keys make it void (SES-019).
  function present(credential: VerifiedCredential): Presented {
    const { accountId } = credential;
    const account = roster.usable(accountId);
    const content = credentials.content(credential);
    if (
      content === undefined ||
      credential.generation !== generation(accountId)
    ) {
      throw new AccountError(
        "locked",
        "The account was locked or changed meanwhile. Give the credential again.",
      );
    }
    return { ...content, account };
  }

  function rotate(to: Presented, change: SlotChange): void {
    to.account.use(to.accountKey, () => {
      to.account.rotate(change);
    });
    raise(to.account.id);
  }

  // Without this, anything could plant an account and approve with it (T41).
  function authorityFor({ accountId }: StagedBackup): RestoreAuthority {
    if (roster.get(accountId) !== undefined) return "own";
    return [...roster.all()].length > 0 ? "any" : "none";
  }

  // As costly as checking a password that exists (decision 3).
  async function deriveForNobody(
    proof: Proof,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    if (proof.kind !== "password") return;
    const salt = randomBytes(random, saltLength);
    const cost = presentCost() ?? passwords.cost;
    using _ = await passwords.derive(proof.secret, salt, cost, signal);
  }

  function presentCost() {
    for (const { locked } of roster.all()) {
      for (const slot of locked.slots) {
        const parameters = parseParameters(slot.parameters);
        if (parameters?.derivation === "argon2id") return parameters.cost;
      }
    }
    return undefined;
  }

  return {
    list: roster.list,
    find: roster.find,
    generation,
    store: (id) => roster.get(id)?.store,

    async create(name, password, options) {
      try {
        roster.settleName(name);
        checkPassword(password);
        const slot = await draftPasswordSlot(password, passwords, random);
        using _ = slot.key;
        options?.signal?.throwIfAborted();
        // Another may have taken the name meanwhile.
        const settled = roster.settleName(name);
        if (options?.onlyIfFirst && roster.list().length > 0) {
          throw new AccountError(
            "busy",
            "Another account was made at the same moment. Try again, with its password.",
          );
        }
        return roster.add(createId(random), settled, slot).info();
      } finally {
        password.fill(0);
      }
    },

    rename(id, name) {
      const account = roster.usable(id);
      const settled = roster.settleName(name, id);
      account.change((store) => store.rename(settled));
    },

    remove(id) {
      roster.usable(id).close();
      raise(id);
      roster.remove(id);
    },

    async verify(nameOrId, proof, signal) {
      try {
        const id = roster.find(nameOrId)?.id;
        const account = id === undefined ? undefined : roster.usable(id);
        const slots =
          account?.locked.slots.filter(({ kind }) => kind === proof.kind) ?? [];
        if (account === undefined || slots.length === 0) {
          await deriveForNobody(proof, signal);
          return undefined;
        }
        const began = generation(account.id);
        const { keyEpoch } = account.locked.row;
        const binding = { accountId: account.id, keyEpoch };
        for (const slot of slots) {
          using key = await deriveSlotKey(slot, proof, passwords, signal);
          const accountKey =
            key && translated(() => openSlot(slot, binding, key));
          if (accountKey !== undefined) {
            return credentials.issue(account.id, began, { accountKey, slot });
          }
        }
        return undefined;
      } finally {
        proof.secret.fill(0);
      }
    },

    unlock(credential) {
      const { account, accountKey } = present(credential);
      account.unlock(accountKey);
    },

    lock(id) {
      const account = roster.get(id);
      if (account === undefined) return;
      account.lock();
      raise(id);
    },

    withStore(credential, use) {
      const { account, accountKey } = present(credential);
      return account.use(accountKey, use);
    },

    async changePassword(credential, password, signal) {
      try {
        checkPassword(password);
        present(credential);
        const draft = await draftPasswordSlot(password, passwords, random);
        using _ = draft.key;
        signal?.throwIfAborted();
        const to = present(credential);
        const removed = to.account.locked.slots
          .filter(({ id, kind }) => kind === "password" || id === to.slot.id)
          .map(({ id }) => id);
        rotate(to, { removed, added: [draft] });
      } finally {
        password.fill(0);
      }
    },

    addRecoveryCode(credential) {
      const to = present(credential);
      const { account, accountKey } = to;
      const { draft, printed } = draftRecoverySlot(random);
      using _ = draft.key;
      const removed = account.locked.slots
        .filter(({ kind }) => kind === "recovery-code")
        .map(({ id }) => id);
      try {
        if (removed.length > 0) {
          rotate(to, { removed, added: [draft] });
        } else {
          account.use(accountKey, () => {
            account.change((store) => store.addSlot(draft, accountKey.bytes));
          });
        }
        return printed;
      } catch (error) {
        printed.fill(0);
        throw error;
      }
    },

    removeSlot(credential, slotId) {
      const to = present(credential);
      const { slots } = to.account.locked;
      if (!slots.some(({ id }) => id === slotId)) {
        throw new AccountError("not-found", "There is no such slot.");
      }
      if (slots.length === 1 || to.slot.id === slotId) {
        throw new AccountError(
          "last-slot",
          "A slot is removed by another one. Add another way in first.",
        );
      }
      rotate(to, { removed: [slotId], added: [] });
    },

    backups: (accountId) => backups.list(accountId),

    backUp(accountId, path) {
      const account = roster.usable(accountId);
      if (path !== undefined) return account.copyTo(path);
      translated(() => backups.make(accountId, (to) => account.copyTo(to)));
    },

    stageBackup: (source) => roster.stage(source),

    restoreAuthority: authorityFor,

    async openBackup(staged, proof, signal) {
      try {
        return await staged.verify(proof, passwords, signal);
      } finally {
        proof.secret.fill(0);
      }
    },

    restore(staged, credential, lock) {
      // All of it again: something may have happened since it was checked.
      const authority = authorityFor(staged);
      if (authority !== "none") {
        const holder = credential && present(credential).account.id;
        if (
          holder === undefined ||
          (authority === "own" && holder !== staged.accountId)
        ) {
          throw new AccountError(
            "locked",
            "The accounts changed meanwhile. Give the credential again.",
          );
        }
      }
      lock?.();
      try {
        return roster.restore(staged).info();
      } finally {
        raise(staged.accountId);
      }
    },

    close() {
      for (const { id } of roster.all()) raise(id);
      roster.close();
    },
  };
}

interface Presented extends CredentialContent {
  readonly account: Account;
}
