// SPDX-License-Identifier: Apache-2.0
import { timingSafeEqual } from "node:crypto";

/** How one prompt is to be approved, as fixed by BeginApproval (decisions 4). */
export interface Approval<Terms> {
  readonly promptId: string;
  /** Digest of what the surface shows. */
  readonly digest: Uint8Array;
  /** Account, scope and duration. */
  readonly terms: Terms;
  /** 32 bytes of the broker's own. */
  readonly challenge: Uint8Array;
  /** The account's generation when it began: a lock since then voids it (SES-019). */
  readonly generation: number;
  /** The surface's connection: nobody else can finish it. */
  readonly surface: object;
}

/** Approvals that were begun. Each is good once, and for 60 seconds. */
export class Approvals<Terms> {
  readonly #begun = new Map<
    string,
    { readonly approval: Approval<Terms>; readonly expiresAtMs: number }
  >();
  readonly #newId: () => string;
  readonly #bootMs: () => number;

  constructor(newId: () => string, bootMs: () => number) {
    this.#newId = newId;
    this.#bootMs = bootMs;
  }

  /** Returns the id that names it. Of one surface and prompt, the newest stands alone. */
  begin(approval: Approval<Terms>): string {
    for (const [id, old] of this.#begun) {
      const same =
        old.approval.promptId === approval.promptId &&
        old.approval.surface === approval.surface;
      if (same || this.#bootMs() >= old.expiresAtMs) this.#begun.delete(id);
    }
    const id = this.#newId();
    this.#begun.set(id, {
      approval,
      expiresAtMs: this.#bootMs() + approvalMs,
    });
    return id;
  }

  /** Take it out: it can never be used again. */
  take(id: string, surface: object): Approval<Terms> | undefined {
    const begun = this.#begun.get(id);
    if (begun === undefined || begun.approval.surface !== surface) {
      return undefined;
    }
    this.#begun.delete(id);
    return this.#bootMs() < begun.expiresAtMs ? begun.approval : undefined;
  }
}

const approvalMs = 60_000;

/** Whether two digests are the same 32 bytes. */
export function sameDigest(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && timingSafeEqual(left, right);
}
