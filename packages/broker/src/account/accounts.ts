// SPDX-License-Identifier: Apache-2.0
import type { AccountStore, SlotInfo } from "../vault/store.ts";
import type { Backup } from "./backups.ts";
import type { BackupSource } from "./roster.ts";
import type { StagedBackup } from "./staged-backup.ts";

/** What a file of the same user holds in clear (decisions: names and lock states). */
export interface AccountInfo {
  /** 26 characters, base32. */
  readonly id: string;
  readonly name: string;
  readonly locked: boolean;
  /** In order of age. */
  readonly slots: readonly SlotInfo[];
  /**
   * Public half of the key that this account's activity log is sealed to:
   * X25519, 32 bytes. Empty when the account cannot be used.
   */
  readonly publicLogKey: Uint8Array;
  /**
   * Why the account cannot be used: its file is damaged, unsafe, newer than
   * this broker, or open elsewhere. The other accounts are not affected.
   */
  readonly problem?: AccountFailure;
  /** One line that says what to do about the problem. */
  readonly problemMessage?: string;
}

/** What the user proves themselves with. The bytes are zeroed by whoever takes them. */
export interface Proof {
  readonly kind: "password" | "recovery-code";
  readonly secret: Uint8Array;
}

/** A credential that was found right. Holds the account key until disposed. */
export interface VerifiedCredential extends Disposable {
  readonly accountId: string;
  /** The account's generation when the check began; lock raises it (SES-019). */
  readonly generation: number;
}

/** Why an account operation did not happen. Nothing was changed. */
export type AccountFailure =
  | "not-found"
  | "name-taken"
  | "invalid-name"
  | "weak-password"
  | "locked"
  | "storage"
  | "corrupt"
  /** The file is an older one that was put back (T37). */
  | "rolled-back"
  | "busy"
  /** Written by a newer version, or not an account file at all. */
  | "unsupported"
  /** A link, another user's file, or one that others can read. */
  | "unsafe"
  /** An account keeps one way in. */
  | "last-slot";

/** A typed refusal; the message says what to do next and holds no secret. */
export class AccountError extends Error {
  override readonly name = "AccountError";
  readonly failure: AccountFailure;
  constructor(failure: AccountFailure, message: string) {
    super(message);
    this.failure = failure;
  }
}

/**
 * What the user should know of an account, though nothing was refused.
 * `mark-missing`: nothing beside the file told whether it is the newest (T37).
 * `backups-left`: backups that an old password opens could not be deleted (T55).
 */
export type AccountNotice = "mark-missing" | "backups-left";

/**
 * `own`: of the account itself, since it can be used. `any`: of some account,
 * since this one cannot. `none`: there is no account that can be used, as for
 * the first one.
 */
export type RestoreAuthority = "own" | "any" | "none";

/** How to make an account. */
export interface CreateOptions {
  /** Refuse ("busy") when another was made meanwhile: nobody's credential was asked for (T41). */
  readonly onlyIfFirst?: boolean;
  /** Once aborted nothing is made; rejects with its reason. */
  readonly signal?: AbortSignal;
}

/** The user's accounts: what opens them, and whether they are open. */
export interface Accounts {
  /** In order of name. */
  list(): readonly AccountInfo[];
  /** By id first, then by exact name. */
  find(nameOrId: string): AccountInfo | undefined;
  /** Names are unique after NFKC, case and look-alike folding, and never like an id (T41). */
  create(
    name: string,
    password: Uint8Array,
    options?: CreateOptions,
  ): Promise<AccountInfo>;
  /**
   * The name is bound to the account's key: of a locked account, call this
   * within withStore, else "locked".
   */
  rename(id: string, name: string): void;
  /** Acts as locking it (LCK-009), then deletes all that is in it. */
  remove(id: string): void;
  /**
   * Check a credential; unlocks nothing. One key derivation at a time, also
   * for an account that does not exist (decisions 3, 9). Undefined: not right.
   * Takes ownership of the proof and zeroes it.
   */
  verify(
    nameOrId: string,
    proof: Proof,
    signal?: AbortSignal,
  ): Promise<VerifiedCredential | undefined>;
  /**
   * Open the account with a verified credential. Synchronous. "locked" when
   * the generation was raised since the check began (SES-019).
   */
  unlock(credential: VerifiedCredential): void;
  /**
   * Lock: drop and zero the keys and the index, raise the generation, also
   * when already locked. Synchronous (LCK-001).
   */
  lock(id: string): void;
  /** Raised by every lock, and whenever the account key changes. */
  generation(id: string): number;
  /** The open store; undefined while locked. */
  store(id: string): AccountStore | undefined;
  /**
   * Run with the store open: for this call alone when the account is locked.
   * `use` must be done when it returns. "locked" as for unlock.
   */
  withStore<T>(
    credential: VerifiedCredential,
    use: (store: AccountStore) => T,
  ): T;
  /**
   * Rotates the account key, so that credentials checked before are void.
   * Takes ownership of the new password and zeroes it. A recovery code that
   * was used for this is spent. Once the signal is aborted nothing is changed.
   */
  changePassword(
    credential: VerifiedCredential,
    password: Uint8Array,
    signal?: AbortSignal,
  ): Promise<void>;
  /**
   * Make a recovery code; it replaces an earlier one, and then rotates the
   * account key. Printable ASCII, shown once, never stored: the caller zeroes it.
   */
  addRecoveryCode(credential: VerifiedCredential): Uint8Array;
  /** Rotates the account key. Never the last slot, nor the one that the credential is of. */
  removeSlot(credential: VerifiedCredential, slotId: string): void;
  /** Our own backups of an account, newest first; also of one that cannot be used. */
  backups(accountId: string): readonly Backup[];
  /**
   * Copy an account, open or locked, to a file that does not exist yet; without
   * a path, to one more backup of our own. @throws AccountError
   */
  backUp(accountId: string, path?: string): void;
  /** Copy a backup to where it can be looked at. Dispose of it. @throws AccountError */
  stageBackup(source: BackupSource): StagedBackup;
  /** Whose credential restoring takes beside what opens the backup (T41). */
  restoreAuthority(staged: StagedBackup): RestoreAuthority;
  /** Whether the proof opens the backup. Takes ownership of the proof and zeroes it. */
  openBackup(
    staged: StagedBackup,
    proof: Proof,
    signal?: AbortSignal,
  ): Promise<boolean>;
  /**
   * Put an opened backup in the place of its account, which acts as locking it.
   * What was there is kept as a backup. Synchronous. `lock` ends what depends
   * on the account, before anything is changed. "locked" when the credential
   * does not count any more or is not the one that it takes.
   */
  restore(
    staged: StagedBackup,
    credential: VerifiedCredential | undefined,
    lock?: () => void,
  ): AccountInfo;
  /** Close every file; the accounts are locked. */
  close(): void;
}
