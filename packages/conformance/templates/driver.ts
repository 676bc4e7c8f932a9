// Lets the conformance suite of Assent steer an SDK.
//
//   assent-conformance sdk --framing=json -- node driver.ts
//
// Fill in `steer`, from above to below; each run says what to write next. What
// throws Unsupported is reported as not run, never as passed. Declare in
// `features` what works: FORK, CANCEL (the signal ends a call), DEBUG_LOG, WRITE,
// MANUAL_AUTHORIZE, OWNS_CHANNEL (the SDK opens the socket itself).
import { execFileSync } from "node:child_process";
import { createInterface } from "node:readline";
import { inspect } from "node:util";

const sdk = "my-sdk";
const sdkVersion = "0.1.0";
const features: readonly string[] = [];

// From the SDK's own error codes to those of the suite: DENIED,
// PROMPT_TIMED_OUT, EXPIRED, LOCKED, REVOKED, OUT_OF_SCOPE, UNAVAILABLE,
// OUTCOME_UNKNOWN, DEADLINE_EXCEEDED, CANCELED, DISPOSED, UNTRUSTED_ENDPOINT,
// VERSION_MISMATCH, PROTOCOL, RESOURCE_EXHAUSTED, NOT_FOUND. Go by type or
// code, never by text.
const kinds: Readonly<Record<string, string>> = {};

/** The SDK cannot do it. */
class Unsupported extends Error {}

function unwritten(name: string): never {
  throw new Unsupported(`write \`${name}\` next, in steer of driver.ts`);
}

/** What a call is about; what is empty is missing. */
interface Op {
  readonly client?: string;
  /** Id or name; "": none is named. */
  readonly accountId?: string;
  /** 0: the SDK's own. */
  readonly timeoutMs?: number;
  /** "": as the environment says. */
  readonly endpoint?: string;
  readonly debugLogging?: boolean;
  readonly scope?: unknown;
  readonly reference?: string;
  readonly vaultId?: string;
  readonly title?: string;
  readonly value?: string;
}

const steer = {
  /** Make a client. */
  open(_op: Op): void {
    unwritten("open");
  },
  /** Ask the user; what was granted, as a Scope in JSON. */
  async authorize(_op: Op, _signal: AbortSignal): Promise<unknown> {
    unwritten("authorize");
  },
  /** The secret, as text. */
  async read(_op: Op, _signal: AbortSignal): Promise<string> {
    unwritten("read");
  },
  /** Put an item with one concealed field. */
  async write(_op: Op, _signal: AbortSignal): Promise<void> {
    unwritten("write");
  },
  /** Give the authorization back; accountId "": all. */
  async revoke(_op: Op): Promise<void> {
    unwritten("revoke");
  },
  /** Close the client. */
  async dispose(_op: Op): Promise<void> {
    unwritten("dispose");
  },
  /** Close every client: the program ends. */
  async disposeAll(): Promise<void> {},
  /** Values to be looked through for secrets: the client, the last secret. */
  shown(_op: Op): readonly unknown[] {
    unwritten("shown");
  },
};

const childProgram = `
const { readdirSync, readlinkSync } = require("node:fs");
const target = (fd) => { try { return readlinkSync("/proc/self/fd/" + fd); } catch { return ""; } };
console.log(JSON.stringify({
  descriptors: readdirSync("/proc/self/fd").map(target),
  environment: Object.entries(process.env).map(([name, value]) => name + "=" + value),
  arguments: process.argv,
}));`;

const controllers = new Map<string, AbortController>();
let lastError: unknown;

function renderings(value: unknown): readonly string[] {
  return [
    String(value),
    JSON.stringify(value) ?? "",
    inspect(value, { depth: null, showHidden: true, getters: true }),
    String((value as Error | undefined)?.stack),
  ];
}

// biome-ignore lint/suspicious/noExplicitAny: whatever the suite tells
async function perform(name: string, op: any, signal: AbortSignal) {
  switch (name) {
    case "hello": {
      const declared = features.map((one) => `DRIVER_FEATURE_${one}`);
      const language = `node ${process.version}`;
      const protocolVersions = ["1.0"];
      const who = { sdk, sdkVersion, language, protocolVersions };
      return { hello: { ...who, features: declared } };
    }
    case "cancel":
      if (!features.includes("CANCEL")) throw new Unsupported("cancel");
      controllers.get(op)?.abort();
      return { ok: {} };
    case "open":
      steer.open(op);
      return { ok: {} };
    case "authorize":
      return { ok: { grantedScope: await steer.authorize(op, signal) } };
    case "read":
      return { read: { value: await steer.read(op, signal) } };
    case "write":
      await steer.write(op, signal);
      return { ok: {} };
    case "revoke":
      await steer.revoke(op);
      return { ok: {} };
    case "dispose":
      await steer.dispose(op);
      return { ok: {} };
    case "inspect": {
      const values = [...steer.shown(op), lastError];
      return { inspect: { renderings: values.flatMap(renderings) } };
    }
    case "child":
      if (op.fork) throw new Unsupported("fork");
      return {
        child: JSON.parse(
          execFileSync(process.execPath, ["-e", childProgram], {
            encoding: "utf8",
          }),
        ),
      };
    case "exit":
      if (op.disposeFirst) await steer.disposeAll();
      lines.close();
      process.stdin.destroy();
      if (op.withUnhandledError) {
        setImmediate(() => {
          throw lastError;
        });
      }
      return { ok: {} };
    default:
      throw new Unsupported(name);
  }
}

const lines = createInterface(process.stdin);
lines.on("line", async (line) => {
  const { id, ...told } = JSON.parse(line);
  const [name = "", op] = Object.entries(told)[0] ?? [];
  const controller = new AbortController();
  controllers.set(id, controller);
  let result: object;
  try {
    result = await perform(name, op, controller.signal);
  } catch (error) {
    if (error instanceof Unsupported) {
      result = { unsupported: error.message };
    } else {
      lastError = error;
      const { name: type, code } = error as { name?: string; code?: string };
      const kind = `SDK_ERROR_KIND_${kinds[code ?? ""] ?? "OTHER"}`;
      const nativeType = `${type} ${code}`;
      result = { error: { kind, nativeType, renderings: renderings(error) } };
    }
  }
  controllers.delete(id);
  console.log(JSON.stringify({ id, ...result }));
});
