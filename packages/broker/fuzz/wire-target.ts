// SPDX-License-Identifier: Apache-2.0
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import type { Caller } from "../test/caller.ts";
import { type Rig, startRig } from "../test/rig.ts";
import type { Assignment, Told } from "./caller-work.ts";
import type { FuzzFinding, FuzzTarget } from "./fuzz-target.ts";

const secret = "canary7Zq4fuzz19secret";
/** Growth of what a broker keeps, in bytes, that a run may leave behind. */
const mostGrowth = 48 << 20;

/**
 * A target that is tried over real sockets by a process of its own. Meanwhile
 * another process, which has a session, is served (T19).
 */
export function wireTarget(
  name: string,
  callerFile: "call-caller.ts" | "bytes-caller.ts",
  testRuns = 5_000,
): FuzzTarget {
  return {
    name,
    testRuns,
    async run({ seed, runs, signal, onProgress }) {
      const findings: FuzzFinding[] = [];
      const faults: string[] = [];
      const rig = await startRig();
      const crashed = (error: unknown) => faults.push(String(error));
      process.on("uncaughtException", crashed);
      process.on("unhandledRejection", crashed);
      let done = 0;
      // One after the other, and not while the witness is asked for: its own
      // prompt is approved.
      let deciding: Promise<void> | undefined;
      let isWitnessAsking = false;
      const decideAll = () => {
        if (isWitnessAsking) return Promise.resolve();
        deciding ??= decide(rig).finally(() => {
          deciding = undefined;
        });
        return deciding;
      };
      const createWitness = async () => {
        isWitnessAsking = true;
        try {
          await deciding;
          return await authorized(rig);
        } finally {
          isWitnessAsking = false;
        }
      };
      // What is never completed ends with time, and it alone (WIR-007). Whole
      // calls need none, and none passes: to the clock, a caller that has no
      // processor for a moment looks like one that stalls.
      const leavesUnfinished = callerFile === "bytes-caller.ts";
      // What waits for the user is denied, also when no other call follows it.
      const passing = setInterval(() => {
        if (leavesUnfinished) rig.time.runTimers(5_000);
        void decideAll();
      }, 200);
      try {
        const vault = await rig.vault("Personal", "Dev");
        await rig.item("Personal", vault, "GitHub", { token: secret });
        let witness = await createWitness();
        const ends = Math.min(runs - 1, Math.floor(runs / 50));
        const phases = [
          { ending: false, from: 0, runs: runs - ends },
          { ending: true, from: runs - ends, runs: ends },
        ];
        let kept = 0;
        for (const phase of phases) {
          if (phase.runs <= 0 || findings.length > 0) continue;
          const before = done;
          const assignment: Assignment = {
            target: name,
            seed: seed + phase.from,
            runs: phase.runs,
            ending: phase.ending,
            sockets: {
              broker: rig.places.brokerSocket,
              owner: rig.places.ownerSocket,
            },
            secrets: [secret],
          };
          let looks = 0;
          await call(callerFile, assignment, signal, async (told) => {
            if ("finding" in told) findings.push(told.finding);
            if (!("done" in told)) return;
            done = before + told.done;
            onProgress?.(done);
            await decideAll();
            looks += 1;
            if (kept === 0 && told.done >= phase.runs / 5) kept = heapNow();
            if (phase.ending || looks % 4 !== 0) return;
            // Time goes on, and the witness with it.
            rig.time.advance(20_000);
            await mustServe(rig, witness);
          }).then((count) => {
            done = before + count;
          });
          if (!phase.ending) {
            await mustServe(rig, witness);
            // What calls under way hold is theirs until they end.
            await mustClose(rig);
            const grown = (await leastHeap()) - kept;
            if (kept > 0 && grown > mostGrowth) {
              throw new Error(`memory grew by ${grown} bytes`);
            }
          } else {
            await restore(rig);
            witness = await createWitness();
            await mustServe(rig, witness);
          }
        }
        await mustClose(rig);
      } catch (error) {
        faults.push(error instanceof Error ? error.message : String(error));
      } finally {
        clearInterval(passing);
        await closeRig(rig);
        process.off("uncaughtException", crashed);
        process.off("unhandledRejection", crashed);
      }
      faults.push(...rig.lines.filter((line) => line.includes("fault")));
      for (const what of faults) findings.push({ seed, input: "", what });
      return { runs: done, findings };
    },
  };
}

async function call(
  file: string,
  assignment: Assignment,
  signal: AbortSignal | undefined,
  told: (line: Told) => Promise<void>,
): Promise<number> {
  const child = spawn(
    process.execPath,
    [fileURLToPath(new URL(file, import.meta.url))],
    { stdio: ["pipe", "pipe", "inherit"] },
  );
  const stop = () => child.kill("SIGKILL");
  signal?.addEventListener("abort", stop);
  try {
    for await (const line of createInterface({ input: child.stdout })) {
      const said = JSON.parse(line) as Told;
      if ("ready" in said) child.stdin.write(`${JSON.stringify(assignment)}\n`);
      if ("finished" in said) return said.finished;
      await told(said);
    }
    if (signal?.aborted) return 0;
    throw new Error("the calling process ended");
  } finally {
    signal?.removeEventListener("abort", stop);
    child.kill("SIGKILL");
  }
}

/** Grace passes at once. */
async function closeRig(rig: Rig): Promise<void> {
  const closing = rig.close();
  const passing = setInterval(() => rig.time.runTimers(30_000), 20);
  await closing;
  clearInterval(passing);
}

/** Nobody approves what strangers ask. */
async function decide(rig: Rig): Promise<void> {
  rig.broker.sweep();
  for (const prompt of await rig.prompts()) await rig.deny(prompt);
}

async function authorized(rig: Rig): Promise<Caller> {
  const witness = await rig.caller();
  await rig.grant(witness);
  return witness;
}

async function mustServe(rig: Rig, witness: Caller): Promise<void> {
  const answer = await rig.resolve(
    witness,
    "Personal",
    "assent://Dev/GitHub/token",
  );
  const text = Buffer.from(secret).toString("base64");
  if (answer.status !== 200 || !answer.text.includes(text)) {
    throw new Error(`the witness was told ${answer.status} ${answer.text}`);
  }
  const accounts = await witness.owner("AccountService/ListAccounts");
  if (accounts.status !== 200) throw new Error("the owner channel is silent");
}

/** The integration is on again, whatever strangers ended. */
async function restore(rig: Rig): Promise<void> {
  rig.time.advance(600_000);
  rig.broker.sweep();
  const credential = {
    account: "Personal",
    password: Buffer.from("correct horse battery").toString("base64"),
  };
  for (const [method, message] of [
    ["AccountService/Authenticate", { credential }],
    [
      "SettingsService/PutSettings",
      { credential, settings: { integrationEnabled: true } },
    ],
  ] as const) {
    const answer = await rig.owner.owner(method, message);
    if (answer.status !== 200) throw new Error(`${method}: ${answer.text}`);
  }
}

/** When nothing more comes, no call of the stranger stays (WIR-007). */
async function mustClose(rig: Rig): Promise<void> {
  const { flights } = rig.broker.parts;
  for (let left = 100; flights.size > 1 && left > 0; left -= 1) {
    rig.broker.sweep();
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  if (flights.size > 1) throw new Error(`${flights.size} calls never ended`);
}

/** What is kept: of garbage some is found only when its neighbours are gone. */
async function leastHeap(): Promise<number> {
  let least = heapNow();
  for (let look = 0; look < 5; look += 1) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    least = Math.min(least, heapNow());
  }
  return least;
}

function heapNow(): number {
  // What is garbage is not kept.
  setFlagsFromString("--expose-gc");
  (runInNewContext("gc") as () => void)();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
