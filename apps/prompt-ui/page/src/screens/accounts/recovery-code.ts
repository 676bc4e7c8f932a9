// SPDX-License-Identifier: Apache-2.0

/**
 * The way of a recovery code through the page: asked for, shown once, confirmed
 * by typing one part of it. After that, or when it is left, its bytes are zero
 * and the page has it nowhere.
 */
export type RecoveryStage =
  | { readonly stage: "asking" }
  | { readonly stage: "shown"; readonly code: RecoveryCode }
  | {
      readonly stage: "confirming";
      readonly code: RecoveryCode;
      /** Counted from 0. */
      readonly part: number;
      readonly isWrong: boolean;
    }
  | { readonly stage: "confirmed" }
  | { readonly stage: "left" };

/** What happens on this way. */
export type RecoveryEvent =
  | { readonly kind: "made"; readonly code: Uint8Array }
  | {
      readonly kind: "kept";
      /** Which part is to be typed: a number from 0 to below 1. */
      readonly chance: number;
    }
  | { readonly kind: "again" }
  | { readonly kind: "typed"; readonly text: string }
  /** The user goes elsewhere, or the account is gone. */
  | { readonly kind: "left" };

/** A code as bytes that can be zeroed. */
export interface RecoveryCode {
  /** Groups of letters and digits, as printed; read at the moment of showing. */
  groups(): readonly string[];
  forget(): void;
}

/** Keep a code until it is forgotten. `bytes` is owned by it from here. */
export function holdCode(bytes: Uint8Array): RecoveryCode {
  return {
    groups: () => new TextDecoder().decode(bytes).split("-"),
    forget: () => void bytes.fill(0),
  };
}

/** The next stage. Whatever ends the way zeroes the code. */
export function stepRecovery(
  now: RecoveryStage,
  event: RecoveryEvent,
): RecoveryStage {
  switch (event.kind) {
    case "made":
      forget(now);
      return { stage: "shown", code: holdCode(event.code) };
    case "kept": {
      if (now.stage !== "shown") return now;
      const parts = now.code.groups().length;
      // The last group is shorter than the others, hence easily guessed.
      const part = Math.floor(event.chance * Math.max(parts - 1, 1));
      return { stage: "confirming", code: now.code, part, isWrong: false };
    }
    case "again":
      return now.stage === "confirming"
        ? { stage: "shown", code: now.code }
        : now;
    case "typed": {
      if (now.stage !== "confirming") return now;
      const wanted = now.code.groups()[now.part] ?? "";
      if (wanted === "" || fold(event.text) !== wanted) {
        return { ...now, isWrong: true };
      }
      now.code.forget();
      return { stage: "confirmed" };
    }
    case "left":
      forget(now);
      return now.stage === "confirmed" ? now : { stage: "left" };
  }
}

/** Zero the code of a stage that has one. */
export function forget(stage: RecoveryStage): void {
  if (stage.stage === "shown" || stage.stage === "confirming") {
    stage.code.forget();
  }
}

// As a broker reads a code: in any case, without separators, I and L for 1, O for 0.
function fold(text: string): string {
  return text
    .toUpperCase()
    .replace(/[\s\-._/]/g, "")
    .replace(/[IL]/g, "1")
    .replaceAll("O", "0");
}
