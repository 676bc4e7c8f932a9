// SPDX-License-Identifier: Apache-2.0
import { Access, type Scope, ScopeSchema } from "@assent/protocol";
import type { PromptBody } from "@assent/protocol/owner";
import { clone, create } from "@bufbuild/protobuf";
import { durationMs } from "@bufbuild/protobuf/wkt";
import { makeSafe } from "../safe/make-safe.ts";

/** How much less than asked the user grants. */
export interface Narrowing {
  readonly readOnly?: boolean | undefined;
  /** Names or ids; of a list of vaults, or of references, a part of what was asked. */
  readonly only?: readonly string[] | undefined;
  /** Minutes without use after which it ends. */
  readonly minutes?: number | undefined;
}

/** What is granted. */
export interface Terms {
  readonly scope: Scope;
  readonly inactivityTimeoutMs: number;
}

/** The narrowing is none: it would grant something else, or more. The message says why. */
export class NarrowingError extends Error {
  override readonly name = "NarrowingError";
}

/**
 * What a prompt grants when narrowed. The broker checks it again; here it is
 * checked so that the user can be told.
 *
 * @throws NarrowingError
 */
export function narrow(body: PromptBody, narrowing: Narrowing): Terms {
  if (body.scope === undefined || body.inactivityTimeout === undefined) {
    throw new NarrowingError("The request names no scope or no duration.");
  }
  const scope = clone(ScopeSchema, body.scope);
  if (narrowing.readOnly) scope.access = Access.READ;
  if (narrowing.only !== undefined) scope.extent = only(scope, narrowing.only);
  return {
    scope,
    inactivityTimeoutMs: shorten(
      durationMs(body.inactivityTimeout),
      narrowing.minutes,
    ),
  };
}

function only(scope: Scope, names: readonly string[]): Scope["extent"] {
  if (names.length === 0) throw new NarrowingError("Name at least one.");
  const { extent } = scope;
  const list =
    extent.case === "vaults"
      ? extent.value.vaults
      : extent.case === "references"
        ? extent.value.references
        : undefined;
  const other = list && names.find((name) => !list.includes(name));
  if (other !== undefined) {
    throw new NarrowingError(`${makeSafe(other)} was not asked for.`);
  }
  const vaults = create(ScopeSchema, {
    extent:
      extent.case === "references"
        ? { case: "references", value: { references: [...names] } }
        : { case: "vaults", value: { vaults: [...names] } },
  });
  return vaults.extent;
}

function shorten(askedMs: number, minutes: number | undefined): number {
  if (minutes === undefined) return askedMs;
  if (!Number.isFinite(minutes) || minutes <= 0) {
    throw new NarrowingError("Minutes are a number above 0.");
  }
  const wantedMs = Math.max(Math.round(minutes * 60_000), 1_000);
  if (wantedMs > askedMs) {
    throw new NarrowingError("That is longer than what was asked for.");
  }
  return wantedMs;
}
