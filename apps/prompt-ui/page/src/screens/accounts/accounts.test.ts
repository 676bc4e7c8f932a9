// SPDX-License-Identifier: Apache-2.0
import { AccountRefSchema } from "@assent/protocol/owner";
import { create } from "@bufbuild/protobuf";
import { describe, expect, it } from "vitest";
import { dueStep, firstSteps, standing } from "./first-steps.ts";
import { judgePassword, newPasswordProblem } from "./new-password.ts";
import { type RecoveryStage, stepRecovery } from "./recovery-code.ts";

describe("a new password", () => {
  it("is told to be too short below eight characters, counted as people count", () => {
    expect(judgePassword("é".repeat(7))).toMatchObject({ isLongEnough: false });
    expect(judgePassword("🔑".repeat(8)).isLongEnough).toBe(true);
    expect(judgePassword("🔑".repeat(7)).isLongEnough).toBe(false);
  });

  it("is advised to be longer below sixteen, and let pass", () => {
    expect(judgePassword("a".repeat(15))).toMatchObject({
      isLongEnough: true,
      text: expect.stringContaining("15 characters. Can be guessed"),
    });
    expect(judgePassword("a".repeat(16)).text).not.toContain("guessed by");
    expect(judgePassword("a".repeat(16)).strength).toBe(4);
  });

  it("has to be typed twice the same", () => {
    expect(newPasswordProblem("", "")).toMatch(/empty/);
    expect(newPasswordProblem("short", "short")).toMatch(/at least 8/);
    expect(newPasswordProblem("long enough", "long enougH")).toMatch(
      /not the same/,
    );
    expect(newPasswordProblem("long enough", "long enough")).toBeUndefined();
  });
});

describe("a recovery code", () => {
  const printed = "ABCDE-01234-FGHJK-56789-MNPQR-S";
  const made = () => {
    const code = new TextEncoder().encode(printed);
    const shown = stepRecovery({ stage: "asking" }, { kind: "made", code });
    return { code, shown };
  };
  const isZero = (code: Uint8Array) => code.every((byte) => byte === 0);
  const confirming = (shown: RecoveryStage, chance: number) =>
    stepRecovery(shown, { kind: "kept", chance });

  it("is shown, then asked for by one part, never the short last one", () => {
    const { shown } = made();
    expect(shown).toMatchObject({ stage: "shown" });
    expect(confirming(shown, 0)).toMatchObject({ part: 0 });
    expect(confirming(shown, 0.999)).toMatchObject({ part: 4 });
  });

  it("is zeroed once its part is typed, in any case and with look-alikes", () => {
    const { code, shown } = made();
    const asked = confirming(shown, 0.25);
    expect(stepRecovery(asked, { kind: "typed", text: " oL234 " })).toEqual({
      stage: "confirmed",
    });
    expect(isZero(code)).toBe(true);
  });

  it("is asked for again after a wrong part, and stays to be looked at", () => {
    const { code, shown } = made();
    const wrong = stepRecovery(confirming(shown, 0), {
      kind: "typed",
      text: "ABCDF",
    });
    expect(wrong).toMatchObject({ stage: "confirming", isWrong: true });
    expect(stepRecovery(wrong, { kind: "typed", text: "" })).toMatchObject({
      isWrong: true,
    });
    expect(stepRecovery(wrong, { kind: "again" })).toMatchObject({
      stage: "shown",
    });
    expect(isZero(code)).toBe(false);
  });

  it("is zeroed when it is left at any stage, and when another takes its place", () => {
    const one = made();
    expect(stepRecovery(one.shown, { kind: "left" })).toEqual({
      stage: "left",
    });
    expect(isZero(one.code)).toBe(true);
    const two = made();
    stepRecovery(confirming(two.shown, 0), { kind: "left" });
    expect(isZero(two.code)).toBe(true);
    const three = made();
    stepRecovery(three.shown, { kind: "made", code: new Uint8Array(3) });
    expect(isZero(three.code)).toBe(true);
  });
});

describe("somebody who is new", () => {
  const account = create(AccountRefSchema, { id: "a", name: "Personal" });
  const facts = {
    accounts: [account],
    integrationEnabled: false,
    owesRecovery: false,
  };

  it("is led from nothing to a first request, step by step", () => {
    expect(dueStep({ ...facts, accounts: [] })).toBe("create");
    expect(dueStep({ ...facts, owesRecovery: true })).toBe("recovery");
    expect(dueStep(facts)).toBe("integration");
    expect(dueStep({ ...facts, integrationEnabled: true })).toBe("waiting");
  });

  it("sees which steps are done", () => {
    expect(firstSteps.map((step) => standing(step, "integration"))).toEqual([
      "done",
      "done",
      "now",
      "ahead",
    ]);
  });
});
