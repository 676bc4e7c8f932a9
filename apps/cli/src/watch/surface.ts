// SPDX-License-Identifier: Apache-2.0
import { OwnerReason } from "@assent/protocol/owner";
import {
  approvedText,
  makeSafe,
  muteText,
  ownerReasonText,
  stateText,
} from "@assent/wording";
import { durationFromMs } from "@bufbuild/protobuf/wkt";
import { CommandError, exitCodes } from "../exit.ts";
import { ownerReasonOf, toCommandError } from "../failure.ts";
import { approvePrompt } from "../owner/approval.ts";
import type { OwnerClient } from "../owner/owner-client.ts";
import { readPrompt, type WaitingPrompt } from "../owner/waiting-prompt.ts";
import { type Key, readKeys } from "../terminal/keys.ts";
import type { Terminal } from "../terminal/terminal.ts";
import type { Style } from "../terminal/text.ts";
import { renderScreen } from "./screen.ts";
import { step } from "./step.ts";
import {
  initialState,
  type WatchEffect,
  type WatchEvent,
} from "./watch-state.ts";

/** What a terminal surface needs. */
export interface SurfaceOptions {
  /** Authenticated. */
  readonly owner: OwnerClient;
  readonly terminal: Terminal;
  readonly style: Style;
  /** Time of day, milliseconds. */
  readonly now: () => number;
  /** Calls back about every second until it is stopped, so that the clock goes on. */
  readonly everySecond: (tick: () => void) => () => void;
  /** Leaves by itself once nothing was on screen for a few seconds. */
  readonly leavesWhenIdle?: boolean;
  /** Leaves when aborted. */
  readonly signal: AbortSignal;
}

/**
 * Show prompts on a terminal until the user leaves. Leaving answers nothing.
 * A lost stream is final: what is on screen then could be anybody's (T54).
 *
 * @throws CommandError (3) when the broker goes away
 */
export async function runSurface(options: SurfaceOptions): Promise<void> {
  const { owner, terminal, style, now } = options;
  const leaving = new AbortController();
  const leave = () => {
    leaving.abort();
    terminal.release();
  };
  const sizeNow = () => ({ columns: terminal.columns, rows: terminal.rows });
  const problem = terminal.claim();
  let state = initialState(
    sizeNow(),
    problem === undefined
      ? []
      : [`Other programs of yours can open this terminal: ${problem}.`],
  );
  let drawing: Promise<void> = Promise.resolve();
  let isStale = false;

  /** Whether it is ours to draw on; nobody else may open it while a prompt shows (T58). */
  const holdsTerminal = () => {
    if (!terminal.isForeground()) {
      terminal.release();
      // Whoever is in front may have drawn over it: it counts as not shown.
      if (state.card?.armedAtMs !== undefined) {
        state = step(state, { kind: "resized", size: sizeNow() }).state;
      }
      return false;
    }
    if (state.card === undefined || leaving.signal.aborted) terminal.release();
    else terminal.claim();
    return true;
  };
  // One drawing at a time; what changes meanwhile is drawn once, after it.
  const draw = () => {
    if (isStale) return;
    isStale = true;
    drawing = drawing.then(async () => {
      isStale = false;
      if (!holdsTerminal()) return;
      const before = state;
      await terminal.write(paint(renderScreen(state, now(), style)));
      if (state === before || state.card === before.card) {
        dispatch({ kind: "drawn", nowMs: now() });
      }
    });
    drawing.catch(leave);
  };
  const dispatch = (event: WatchEvent) => {
    const before = state;
    const next = step(state, event);
    state = next.state;
    for (const effect of next.effects) perform(effect);
    if (event.kind !== "drawn" && state !== before) draw();
  };
  const perform = (effect: WatchEffect) => {
    switch (effect.do) {
      case "shown":
        return void tellShown(owner, effect.prompt);
      case "deny":
        return void deny(owner, effect).then(dispatch);
      case "approve":
        return void approve(owner, effect).then(dispatch);
      case "leave":
        return leave();
    }
  };

  options.signal.addEventListener("abort", leave);
  // Interrupted before there was anything to leave.
  if (options.signal.aborted) leave();
  terminal.onClose(leave);
  // The whole screen is drawn anew before each key counts: what somebody else
  // drew on it since is gone when the key is judged (T58).
  const press = async (key: Key, nowMs: number) => {
    draw();
    await drawing;
    if (!leaving.signal.aborted && terminal.isForeground()) {
      dispatch({ kind: "key", key, nowMs });
    }
  };
  let pressed: Promise<void> = Promise.resolve();
  terminal.onInput((chunk) => {
    // Judged by when it came, not by when it is its turn (T22).
    const nowMs = now();
    for (const key of readKeys(chunk)) {
      pressed = pressed.then(() => press(key, nowMs)).catch(leave);
    }
  });
  terminal.onResize(() => dispatch({ kind: "resized", size: sizeNow() }));
  let idleSeconds = 0;
  const stopClock = options.everySecond(() => {
    idleSeconds = state.card === undefined ? idleSeconds + 1 : 0;
    if (state.card !== undefined) draw();
    else if (options.leavesWhenIdle && idleSeconds >= mostIdleSeconds) leave();
  });
  try {
    await terminal.write(enterScreen);
    draw();
    const changes = owner.prompts.watchPrompts(
      { surface: "terminal" },
      { signal: leaving.signal },
    );
    for await (const { prompts, ended } of changes) {
      dispatch({
        kind: "prompts",
        prompts: await Promise.all(prompts.map(readPrompt)),
        ended,
      });
    }
    if (!leaving.signal.aborted) throw offline();
  } catch (error) {
    if (!leaving.signal.aborted) throw toCommandError(error);
  } finally {
    leave();
    stopClock();
    options.signal.removeEventListener("abort", leave);
    state.card?.secret.clear();
    await drawing.catch(() => {});
    await terminal.write(leaveScreen).catch(() => {});
  }
}

// Long enough to read what came of the last request.
const mostIdleSeconds = 3;

// The other screen of the terminal, so that nothing stays in its history.
const enterScreen = "\u001b[?1049h\u001b[?25l";
const leaveScreen = "\u001b[?25h\u001b[?1049l";

/** The whole screen, from its first line: whatever others drew on it is gone. */
function paint(lines: readonly string[]): string {
  return `\u001b[H${lines.map((line) => `${line}\u001b[K`).join("\r\n")}\u001b[J`;
}

async function tellShown(
  owner: OwnerClient,
  { id, digest }: WaitingPrompt,
): Promise<void> {
  // If it is gone the stream tells so.
  await owner.prompts.shown({ promptId: id, digest }).catch(() => {});
}

async function deny(
  owner: OwnerClient,
  { prompt: { id }, muteMs }: Extract<WatchEffect, { do: "deny" }>,
): Promise<WatchEvent> {
  try {
    const { mute } = await owner.prompts.deny({
      promptId: id,
      ...(muteMs === undefined ? {} : { mute: durationFromMs(muteMs) }),
    });
    const text =
      mute === undefined
        ? stateText.denied
        : `${stateText.denied} ${muteText(mute)} Undo it with: assent unmute ${makeSafe(mute.id)}`;
    return answered(id, text, true);
  } catch (error) {
    return failed(id, error);
  }
}

async function approve(
  owner: OwnerClient,
  effect: Extract<WatchEffect, { do: "approve" }>,
): Promise<WatchEvent> {
  const { prompt, accountId, terms, password } = effect;
  try {
    const { grant, notFound } = await approvePrompt(
      owner,
      prompt,
      accountId,
      terms,
      password,
    );
    const name = prompt.body.process?.name ?? "";
    return answered(
      prompt.id,
      approvedText(name, grant?.accountName ?? "", notFound),
      true,
    );
  } catch (error) {
    return failed(prompt.id, error);
  }
}

// Some answers end a prompt; anything else can be tried again while it waits.
function failed(promptId: string, error: unknown): WatchEvent {
  const owner = ownerReasonOf(error);
  const isFinal =
    owner !== undefined &&
    (final.has(owner.reason) ||
      (owner.reason === OwnerReason.WRONG_CREDENTIAL && owner.triesLeft === 0));
  const text =
    owner?.reason === OwnerReason.WRONG_CREDENTIAL
      ? ownerReasonText(owner)
      : toCommandError(error).message;
  return isFinal
    ? answered(promptId, text, false)
    : { kind: "refused", promptId, text };
}

const final: ReadonlySet<OwnerReason> = new Set([
  OwnerReason.PROMPT_GONE,
  OwnerReason.DIGEST_MISMATCH,
  OwnerReason.NOT_APPROVED,
]);

function answered(promptId: string, text: string, isOwn: boolean): WatchEvent {
  return { kind: "answered", promptId, text, isOwn };
}

function offline(): CommandError {
  return new CommandError(
    exitCodes.unreachable,
    stateText.offline,
    "Start it with: assent broker run",
  );
}
