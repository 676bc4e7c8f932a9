// SPDX-License-Identifier: Apache-2.0
import { setTimeout as wait } from "node:timers/promises";
import { PromptState } from "@assent/protocol/conformance";
import { CallerError } from "../caller/caller-error.ts";
import type { Caller, Link } from "../case/caller.ts";
import { newId } from "../case/fixture.ts";
import { read, readsValue, valuesOf } from "../case/operations.ts";
import { Failure } from "../case/verdict.ts";
import type { World } from "../case/world.ts";
import { type FlavourName, flavours } from "../wire/flavour.ts";

/** One thing that is done in a walk; accounts are acct1, acct2 and one that does not exist. */
export type Move =
  | {
      readonly does: "authorize" | "request" | "revoke";
      readonly process: number;
      readonly account: number;
    }
  | { readonly does: "lock" | "unlock"; readonly account: number }
  | { readonly does: "advance" | "suspend"; readonly ms: number }
  | { readonly does: "exit"; readonly process: number }
  | {
      readonly does: "reconnect";
      readonly process: number;
      readonly flavour: FlavourName;
    };

/** Things that are done at the same time, and what the user says to prompts meanwhile. */
export interface Step {
  readonly user: "approve" | "deny";
  readonly moves: readonly Move[];
}

const processes = 4;
const accounts = 3;
/** Around the ten minutes, and short of them. */
const times = [1_000, 60_000, 299_999, 599_999, 600_000, 600_001];
const kinds = [
  ..."request request request request authorize authorize revoke lock unlock advance suspend exit reconnect".split(
    " ",
  ),
] as readonly Move["does"][];

/** A walk that the numbers decide; in each step up to so many things at once. */
export function randomWalk(
  steps: number,
  together: number,
  random: () => number,
): readonly Step[] {
  const below = (count: number) => Math.floor(random() * count);
  const pick = <T>(all: readonly T[]): T => all[below(all.length)] as T;
  const move = (): Move => {
    const does = pick(kinds);
    const process = 1 + below(processes);
    switch (does) {
      case "lock":
      case "unlock":
        return { does, account: 1 + below(accounts - 1) };
      case "advance":
      case "suspend":
        return { does, ms: pick(times) };
      case "exit":
        return { does, process };
      case "reconnect":
        return { does, process, flavour: pick(flavours).name };
      default:
        return { does, process, account: 1 + below(accounts) };
    }
  };
  return Array.from({ length: steps }, () => ({
    user: random() < 0.8 ? "approve" : "deny",
    moves: Array.from({ length: 1 + below(together) }, move),
  }));
}

/** Requests that are one move. */
const atOnce = 3;
/** Between two looks at calls that are not answered, milliseconds of real time. */
const lookMs = 50;
/** Looks before the user is asked again and time goes by, and at most. */
const patience = 4;
const mostLooks = 100;

/** Takes a walk through a world, whose model judges every answer. */
export async function walk(
  world: World,
  steps: readonly Step[],
): Promise<void> {
  const nobody = newId();
  const callers = new Map<number, Promise<{ caller: Caller; on: Link }>>();
  const { acct1, acct2 } = world;
  const accountOf = (number: number) => [acct1, acct2][number - 1];

  const start = async () => {
    const caller = await world.caller();
    return { caller, on: await caller.link() };
  };
  const callerOf = async (number: number) => {
    const known = callers.get(number) ?? start();
    callers.set(number, known);
    const { caller, on } = await known;
    if (on.exchange.isOpen) return { caller, on };
    const again = { caller, on: await caller.link(on.flavour) };
    callers.set(number, Promise.resolve(again));
    return again;
  };

  // The user has one pair of hands, and time does not pass while they are busy.
  let hands = Promise.resolve();
  const byHand = (what: () => Promise<void>) => {
    hands = hands.then(what);
    return hands;
  };

  async function make(move: Move): Promise<void> {
    switch (move.does) {
      case "lock":
        return await byHand(() => world.lock(accountOf(move.account)?.id));
      case "unlock":
        return await byHand(() =>
          world.unlock(accountOf(move.account)?.id ?? ""),
        );
      case "advance":
        return await byHand(() => world.time.advance(move.ms));
      case "suspend":
        return await byHand(() => world.time.suspend(move.ms));
      case "exit": {
        const { caller } = await callerOf(move.process);
        callers.delete(move.process);
        caller.process.kill();
        return;
      }
      case "reconnect": {
        const { caller, on } = await callerOf(move.process);
        const fresh = { caller, on: await caller.link(move.flavour) };
        callers.set(move.process, Promise.resolve(fresh));
        on.close();
        return;
      }
      default: {
        const { caller, on } = await callerOf(move.process);
        const known = accountOf(move.account);
        const options = { account: known?.id ?? nobody, on };
        if (move.does === "revoke") await caller.revoke(options);
        else if (move.does === "request") {
          const [item] = (known ?? acct1).items;
          if (item === undefined) return;
          const ask = async () => {
            const answer = await caller.request(read(item), options);
            if (valuesOf(answer)[0] === undefined) return;
            readsValue(`Request for ${item.name}`, answer, item);
          };
          await Promise.all(Array.from({ length: atOnce }, ask));
        } else {
          // May see it from now on, should the user say yes.
          world.allow(caller, ...(known?.items ?? []).map(({ name }) => name));
          await caller.authorize(options);
        }
      }
    }
  }

  for (const { user, moves } of steps) {
    const asks = moves.filter(({ does }) => does === "authorize");
    if (asks.length > 0) {
      // Nobody chooses an account for one that does not exist.
      const isKnown = asks.every((one) => "account" in one && one.account < 3);
      await world.user.decides(isKnown ? user : "deny");
    }
    const making = moves.map((move) =>
      make(move).catch((error) => {
        // What the machinery of a caller that just ended says is not the subject.
        if (!(error instanceof CallerError)) throw error;
      }),
    );
    await whileTimeGoesBy(world, Promise.all(making), byHand);
    world.agree();
  }
}

/**
 * Waits for calls to be answered. A prompt may be left that the user decided in
 * vain, as when a lock voided the approval: the user says no to it. Where there
 * is none, time goes by. @throws Failure when they are not answered even so
 */
async function whileTimeGoesBy(
  world: World,
  making: Promise<unknown>,
  byHand: (what: () => Promise<void>) => Promise<void>,
): Promise<void> {
  let isOver = false;
  const over = making.finally(() => {
    isOver = true;
  });
  for (let look = 1; look <= mostLooks; look += 1) {
    const looking = new AbortController();
    const { signal } = looking;
    try {
      await Promise.race([over, wait(lookMs, undefined, { signal })]);
    } finally {
      looking.abort();
    }
    if (isOver) return;
    if (look < patience) continue;
    const pending = (await world.user.prompts()).filter(
      ({ state }) => state === PromptState.PENDING,
    );
    for (const prompt of pending) await world.user.decide(prompt, "deny");
    if (pending.length > 0) continue;
    await byHand(() => world.time.advance(look * 1_000));
  }
  // They are ended with their callers, and say nothing then.
  over.catch(() => {});
  throw new Failure("calls at the same time", "to be answered", "they are not");
}
