// SPDX-License-Identifier: Apache-2.0
import { Access } from "@assent/protocol";
import { PromptEnd } from "@assent/protocol/owner";
import { describe, expect, test } from "vitest";
import {
  createdAtMs,
  personal,
  waitingPrompt,
  work,
} from "../../test/waiting.ts";
import type { WaitingPrompt } from "../owner/waiting-prompt.ts";
import { readKeys } from "../terminal/keys.ts";
import { armingMs } from "./card.ts";
import { menu } from "./card-menu.ts";
import { layOut } from "./screen.ts";
import { step } from "./step.ts";
import {
  initialState,
  type WatchEffect,
  type WatchEvent,
  type WatchState,
} from "./watch-state.ts";

// Drives the reducer as the surface does: what is to be drawn is drawn at once.
class Driver {
  nowMs = createdAtMs;
  state: WatchState = initialState({ columns: 80, rows: 40 });
  effects: WatchEffect[] = [];

  dispatch(event: WatchEvent): this {
    const next = step(this.state, event);
    this.state = next.state;
    this.effects.push(...next.effects);
    if (event.kind !== "drawn") {
      this.dispatch({ kind: "drawn", nowMs: this.nowMs });
    }
    return this;
  }

  prompts(
    prompts: WaitingPrompt[],
    ended: { promptId: string; end: PromptEnd }[] = [],
  ): this {
    return this.dispatch({ kind: "prompts", prompts, ended });
  }

  wait(ms: number): this {
    this.nowMs += ms;
    return this;
  }

  press(...chunks: string[]): this {
    for (const chunk of chunks) {
      for (const key of readKeys(new TextEncoder().encode(chunk))) {
        this.dispatch({ kind: "key", key, nowMs: this.nowMs });
      }
    }
    return this;
  }

  // Everything but what only tells the broker that a card is on screen.
  answers(): WatchEffect[] {
    return this.effects.filter((effect) => effect.do !== "shown");
  }

  get card() {
    if (this.state.card === undefined) throw new Error("no card on screen");
    return this.state.card;
  }
}

const esc = "\u001b";
const tab = "\t";

async function armed(
  change: Parameters<typeof waitingPrompt>[1] = {},
): Promise<Driver> {
  const prompt = await waitingPrompt("a", change);
  return new Driver().prompts([prompt]).wait(armingMs);
}

function password(effect: WatchEffect | undefined): string | undefined {
  return effect?.do === "approve"
    ? new TextDecoder().decode(effect.password)
    : undefined;
}

describe("answering", () => {
  test("a typed password and Enter approve what is shown", async () => {
    const driver = (await armed()).press("hunter2", "\r");
    const [approve, ...more] = driver.answers();
    expect(more).toEqual([]);
    expect(approve).toMatchObject({
      do: "approve",
      prompt: { id: "a" },
      accountId: personal.id,
      terms: { inactivityTimeoutMs: 600_000 },
    });
    expect(password(approve)).toBe("hunter2");
    expect(driver.card.mode).toBe("answering");
    expect(driver.card.secret.characters).toBe(0);
  });

  test("Enter with nothing typed, Esc and Ctrl-C deny (T22)", async () => {
    for (const key of ["\r", esc, "\u0003"]) {
      const driver = (await armed()).press(key);
      expect(driver.answers()).toMatchObject([
        { do: "deny", prompt: { id: "a" } },
      ]);
    }
  });

  test("an arrow key, which begins with ESC, denies nothing", async () => {
    const driver = (await armed()).press("\u001b[A", "\u001b[D", "\u001bOB");
    expect(driver.answers()).toEqual([]);
  });

  test("Ctrl-D leaves and answers nothing", async () => {
    const driver = (await armed()).press("hunter2", "\u0004");
    expect(driver.answers()).toEqual([{ do: "leave" }]);
  });

  test("a request that cannot be shown in full cannot be approved", async () => {
    const driver = await armed({ scope: { access: Access.READ } });
    driver.press("hunter2", "\r");
    expect(driver.answers()).toEqual([]);
    expect(driver.card.message).toMatch(/only be denied/);
    expect(driver.card.secret.characters).toBe(0);
    driver.press(esc);
    expect(driver.answers()).toMatchObject([{ do: "deny" }]);
  });

  test("after a wrong password it can be tried again", async () => {
    const driver = (await armed()).press("wrong", "\r");
    driver.dispatch({ kind: "refused", promptId: "a", text: "4 tries left." });
    expect(driver.card).toMatchObject({
      mode: "password",
      message: "4 tries left.",
    });
    driver.press("right", "\r");
    expect(driver.answers().map(password)).toEqual(["wrong", "right"]);
  });

  test("an approval that is under way can still be denied, and not repeated", async () => {
    const driver = (await armed()).press("hunter2", "\r", "x", "\r", tab);
    driver.press(esc);
    expect(driver.answers().map((effect) => effect.do)).toEqual([
      "approve",
      "deny",
    ]);
  });
});

describe("arming", () => {
  test("keys before the card is armed count for nothing (T22)", async () => {
    const prompt = await waitingPrompt("a");
    const driver = new Driver().prompts([prompt]);
    driver.press("hunter2", "\r", esc, "\u0003", tab);
    driver.wait(armingMs - 1).press("hunter2", "\r", esc);
    expect(driver.answers()).toEqual([]);
    expect(driver.card.secret.characters).toBe(0);
    driver.wait(1).press(esc);
    expect(driver.answers()).toMatchObject([{ do: "deny" }]);
  });

  test("a change of size, or of what is shown, arms anew (T22)", async () => {
    const resized = (await armed()).dispatch({
      kind: "resized",
      size: { columns: 100, rows: 40 },
    });
    expect(resized.press("\r").answers()).toEqual([]);
    expect(resized.wait(armingMs).press("\r").answers()).toHaveLength(1);
    const narrowed = (await armed()).press(tab, "1", "hunter2", "\r");
    expect(narrowed.card.terms?.scope.access).toBe(Access.READ);
    expect(narrowed.answers()).toEqual([]);
  });

  test("more prompts in the queue do not disarm the card (T47)", async () => {
    const driver = await armed();
    const more = await waitingPrompt("b");
    driver.prompts([...driver.state.queue, more]).press("\r");
    expect(driver.answers()).toMatchObject([{ do: "deny" }]);
  });

  test("a prompt whose content changed is a new card, and what was typed is gone (T24)", async () => {
    const driver = (await armed()).press("hunter2");
    const changed = await waitingPrompt("a", { warnings: [] });
    driver.prompts([changed]).press("\r");
    expect(driver.answers()).toEqual([]);
    expect(driver.card.secret.characters).toBe(0);
    expect(driver.card.message).toMatch(/changed/);
    expect(driver.card.prompt.digest).toEqual(changed.digest);
  });
});

describe("one card at a time", () => {
  test("a card that ended stays until it was seen, and takes no password with it (T47)", async () => {
    const [a, b] = [await waitingPrompt("a"), await waitingPrompt("b")];
    const driver = new Driver().prompts([a, b]).wait(armingMs).press("hunt");
    const gone = { promptId: "a", end: PromptEnd.REQUESTER_EXITED };
    driver.prompts([b], [gone]).press("er2", "\r");
    expect(driver.answers()).toEqual([]);
    expect(driver.card).toMatchObject({
      mode: "ended",
      prompt: { id: "a" },
      message: "node quit before you answered.",
    });
    driver.wait(armingMs).press("x", esc);
    expect(driver.card.prompt.id).toBe("a");
    driver.press("\r");
    expect(driver.card).toMatchObject({
      mode: "password",
      prompt: { id: "b" },
    });
    expect(driver.card.secret.characters).toBe(0);
    expect(driver.press("hunter2", "\r").answers()).toEqual([]);
  });

  test("after an answer the next card waits for Enter", async () => {
    const [a, b] = [await waitingPrompt("a"), await waitingPrompt("b")];
    const driver = new Driver().prompts([a, b]).wait(armingMs).press(esc);
    driver.dispatch({
      kind: "answered",
      promptId: "a",
      text: "Denied.",
      isOwn: true,
    });
    expect(driver.card).toMatchObject({ mode: "ended", message: "Denied." });
    driver.wait(armingMs).press("\r");
    expect(driver.card.prompt.id).toBe("b");
  });

  test("after the last answer nothing is waiting, and the next prompt is shown", async () => {
    const driver = (await armed()).press(esc);
    driver.dispatch({
      kind: "answered",
      promptId: "a",
      text: "Denied.",
      isOwn: true,
    });
    expect(driver.state.card).toBeUndefined();
    expect(driver.state.outcomes).toEqual(["Denied."]);
    driver.prompts([await waitingPrompt("b")]);
    expect(driver.card.prompt.id).toBe("b");
  });

  test("what was answered elsewhere is told", async () => {
    const driver = (await armed()).prompts(
      [],
      [{ promptId: "a", end: PromptEnd.APPROVED }],
    );
    expect(driver.card).toMatchObject({
      mode: "ended",
      message: "node can use Personal.",
    });
  });
});

describe("narrowing", () => {
  test("Tab opens the ways to narrow, Esc goes back without denying", async () => {
    const driver = (await armed()).press("hun", tab);
    expect(driver.card.mode).toBe("menu");
    expect(driver.card.secret.characters).toBe(0);
    driver.press(esc);
    expect(driver.card.mode).toBe("password");
    expect(driver.answers()).toEqual([]);
  });

  test("what was narrowed is what is shown and approved", async () => {
    const driver = (await armed()).press(tab, "1").wait(armingMs);
    driver.press(tab, "1", "Dev, CI", "\r").wait(armingMs);
    driver.press(tab, "2", "2", "\r").wait(armingMs);
    expect(driver.card.described.scope).toEqual([
      {
        kind: "read",
        text: "Read every item in these vaults of Personal",
        details: ["Dev", "CI"],
      },
    ]);
    expect(driver.card.described.until[0]).toBe(
      "Until it has been idle for 2 minutes",
    );
    driver.press("hunter2", "\r");
    expect(driver.answers()).toMatchObject([
      {
        terms: {
          inactivityTimeoutMs: 120_000,
          scope: {
            access: Access.READ,
            extent: { case: "vaults", value: { vaults: ["Dev", "CI"] } },
          },
        },
      },
    ]);
  });

  test("its last entry denies, and mutes the program for an hour (T23)", async () => {
    const driver = (await armed()).press(tab);
    const last = menu(driver.card).at(-1);
    expect(last?.text).toBe(
      "deny, and refuse this process and what it started without asking for 1 hour",
    );
    driver.press(last?.key ?? "");
    expect(driver.answers()).toMatchObject([{ do: "deny", muteMs: 3_600_000 }]);
  });

  test("what would grant more is explained and changes nothing", async () => {
    const driver = (await armed()).press(tab, "3", "30", "\r");
    expect(driver.card.message).toMatch(/longer/);
    expect(driver.card.terms?.inactivityTimeoutMs).toBe(600_000);
  });

  test("of a list that was asked for, numbers name its places", async () => {
    const driver = await armed({
      scope: {
        access: Access.READ,
        extent: {
          case: "references",
          value: { references: ["assent://a/b", "assent://a/c"] },
        },
      },
    });
    driver.press(tab, "1", "2", "\r");
    expect(driver.card.terms?.scope.extent.value).toMatchObject({
      references: ["assent://a/c"],
    });
  });

  test("an open account is chosen by number before a password can be typed", async () => {
    const driver = await armed({ choices: [personal, work] });
    expect(driver.card.mode).toBe("account");
    driver.press("7", "\r");
    expect(driver.card.mode).toBe("account");
    driver.press("2", "\r");
    expect(driver.card.described.headline).toBe("Allow node to use Work?");
    driver.wait(armingMs).press("hunter2", "\r");
    expect(driver.answers()).toMatchObject([{ accountId: work.id }]);
  });

  test("Enter without a choice of account denies", async () => {
    const driver = (await armed({ choices: [personal, work] })).press("\r");
    expect(driver.answers()).toMatchObject([{ do: "deny" }]);
  });
});

describe("seeing all of it", () => {
  const long = Array.from({ length: 60 }, (_, n) => `Vault ${n}`);

  async function tall(): Promise<Driver> {
    const prompt = await waitingPrompt("a", {
      scope: {
        access: Access.READ,
        extent: { case: "vaults", value: { vaults: long } },
      },
    });
    return new Driver().prompts([prompt]).wait(armingMs);
  }

  test("a card that fits is told as shown, once", async () => {
    const driver = await armed();
    driver.press("x").wait(5_000).press("y");
    expect(
      driver.effects.filter((effect) => effect.do === "shown"),
    ).toHaveLength(1);
  });

  test("a card that does not fit has to be read to its end before it is shown, or approved", async () => {
    const driver = await tall();
    driver.press("hunter2", "\r");
    expect(driver.effects).toEqual([]);
    expect(driver.card.message).toMatch(/Read to the end/);
    while (driver.card.seen < layOut(driver.state).lines) {
      driver.press("\u001b[6~");
    }
    expect(driver.effects).toMatchObject([{ do: "shown" }]);
    driver.press("\r");
    expect(driver.answers().map(password)).toEqual(["hunter2"]);
  });

  test("on a terminal that is too small nothing is shown or approved, but denied", async () => {
    const driver = new Driver();
    driver.state = initialState({ columns: 20, rows: 5 });
    driver.prompts([await waitingPrompt("a")]).wait(armingMs);
    driver.press("hunter2", "\r");
    expect(driver.effects).toEqual([]);
    driver.press("\u0015", "\r");
    expect(driver.effects).toMatchObject([{ do: "deny" }]);
  });
});
