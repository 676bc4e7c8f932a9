// SPDX-License-Identifier: Apache-2.0
import {
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { packaged } from "../catalogue/catalogue.ts";
import { run } from "../cli/program.ts";

const folder = mkdtempSync(join(tmpdir(), "assent-templates-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
// What the stranger has installed: the SDK for Node, and the one in Python.
symlinkSync(packaged("..", "..", "node_modules"), join(folder, "node_modules"));
symlinkSync(
  packaged("examples", "driver-python", "assent.py"),
  join(folder, "assent.py"),
);

async function assent(...args: readonly string[]) {
  let out = "";
  const stdout = { write: (text: string) => (out += text) };
  return { code: await run({ stdout, stderr: stdout }, args), out };
}

/** What a stranger writes: each text of the template, and what stands there then. */
type Wiring = Readonly<Record<string, string>>;

const inTypeScript: Wiring = {
  "import { execFileSync }":
    'import { createClient, type AssentClient } from "@assent/sdk-node";\nimport { execFileSync }',
  "const features: readonly string[] = [];": `const features: readonly string[] = ["CANCEL", "WRITE", "MANUAL_AUTHORIZE", "OWNS_CHANNEL"];
const endpoints = new Map<string, string>();
const clients = new Map<string, AssentClient>();
let last: unknown;
function clientFor({ client = "", accountId = "" }: Op): AssentClient {
  const key = client + " " + accountId;
  const endpoint = endpoints.get(client);
  const made = clients.get(key) ?? createClient({ account: accountId, ...(endpoint && { endpoint }) });
  clients.set(key, made);
  return made;
}
const clientsOf = ({ client }: Op) => [...clients].filter(([key]) => key.startsWith(client + " ")).map(([, one]) => one);
const options = ({ timeoutMs }: Op, signal: AbortSignal) => ({ signal, ...(timeoutMs && { timeoutMs: Number(timeoutMs) }) });`,
  "const kinds: Readonly<Record<string, string>> = {};": `const kinds: Readonly<Record<string, string>> = {
  "prompt-denied": "DENIED", "prompt-timed-out": "PROMPT_TIMED_OUT", "session-expired": "EXPIRED",
  "account-locked": "LOCKED", "session-revoked": "REVOKED", "out-of-scope": "OUT_OF_SCOPE",
  unavailable: "UNAVAILABLE", "integration-disabled": "UNAVAILABLE", "outcome-unknown": "OUTCOME_UNKNOWN",
  "deadline-exceeded": "DEADLINE_EXCEEDED", canceled: "CANCELED", closed: "DISPOSED",
  "untrusted-endpoint": "UNTRUSTED_ENDPOINT", "version-unsupported": "VERSION_MISMATCH",
  "malformed-answer": "PROTOCOL", "limit-exceeded": "RESOURCE_EXHAUSTED",
  "too-many-prompts": "RESOURCE_EXHAUSTED", "not-found": "NOT_FOUND",
};`,
  'open(_op: Op): void {\n    unwritten("open");': `open(op: Op): void {
    if (op.debugLogging) throw new Unsupported("it writes no log");
    endpoints.set(op.client ?? "", op.endpoint ?? "");`,
  'unwritten("authorize");': `const wish = _op.scope as { access?: string; vaults?: { vaults: string[] }; references?: { references: string[] } } | undefined;
    const { scope } = await clientFor(_op).authorize(wish && {
      access: wish.access === "ACCESS_READ_WRITE" ? "read-write" : "read", ...wish.vaults, ...wish.references,
    }, options(_op, _signal));
    return {
      access: scope.access === "read-write" ? "ACCESS_READ_WRITE" : "ACCESS_READ",
      ...(scope.vaults ? { vaults: { vaults: scope.vaults } } : scope.references ? { references: { references: scope.references } } : { everyVault: {} }),
    };`,
  'unwritten("read");': `const reference = _op.reference ?? "";
    const { secret, error } = (await clientFor(_op).secrets.resolveAll([reference], options(_op, _signal))).get(reference) ?? {};
    if (secret === undefined) throw error;
    last = secret;
    return secret.reveal();`,
  'unwritten("write");': `const { vaultId = "", title = "", value = "" } = _op;
    await clientFor(_op).items.create({ vaultId, title, fields: [{ title: "value", value, type: "concealed" }] }, options(_op, _signal));`,
  'unwritten("revoke");':
    "for (const one of _op.accountId ? [clientFor(_op)] : clientsOf(_op)) await one.revoke();",
  'unwritten("dispose");':
    "for (const one of clientsOf(_op)) await one.close();",
  "async disposeAll(): Promise<void> {}":
    "async disposeAll(): Promise<void> { for (const one of clients.values()) await one.close(); }",
  'unwritten("shown");': "return [...clientsOf(_op), last];",
};

const inPython: Wiring = {
  "import json\n": "import json\n\nfrom assent import Call, Client\n",
  'VERSION, FEATURES = "my-sdk", "0.1.0", []':
    'VERSION, FEATURES = "my-sdk", "0.1.0", ["WRITE", "MANUAL_AUTHORIZE", "OWNS_CHANNEL"]',
  "KINDS = {}": `KINDS = {code: code for code in "PROMPT_TIMED_OUT OUT_OF_SCOPE UNAVAILABLE OUTCOME_UNKNOWN DEADLINE_EXCEEDED CANCELED DISPOSED UNTRUSTED_ENDPOINT PROTOCOL RESOURCE_EXHAUSTED NOT_FOUND".split()}
KINDS |= {"PROMPT_DENIED": "DENIED", "SESSION_EXPIRED": "EXPIRED", "ACCOUNT_LOCKED": "LOCKED",
          "SESSION_REVOKED": "REVOKED", "INTEGRATION_DISABLED": "UNAVAILABLE",
          "VERSION_UNSUPPORTED": "VERSION_MISMATCH", "LIMIT_EXCEEDED": "RESOURCE_EXHAUSTED",
          "TOO_MANY_PROMPTS": "RESOURCE_EXHAUSTED"}
endpoints, clients = {}, {}


def client_for(client, account):
    key = client, account
    if key not in clients:
        clients[key] = Client(endpoints.get(client), account)
    return clients[key]


def clients_of(name):
    return [one for (owner, _), one in clients.items() if owner == name]


def call_of(timeout_ms):
    return Call(int(timeout_ms) / 1000) if int(timeout_ms) else Call()
`,
  'unwritten("open_client")': `if debug_logging:
        raise Unsupported("it writes no log")
    endpoints[client] = endpoint`,
  'unwritten("authorize")':
    'return client_for(client, account).authorize(call_of(timeout_ms), scope)["scope"]',
  'unwritten("read")':
    "return client_for(client, account).read(call_of(timeout_ms), reference)",
  'unwritten("write")':
    "client_for(client, account).write(call_of(timeout_ms), vault_id, title, value)",
  'unwritten("revoke")': `for one in [client_for(client, account)] if account else clients_of(client):
        one.revoke(Call())`,
  'unwritten("dispose")': `for one in clients_of(client):
        one.close()`,
  '"""Close every client: the program ends."""': `for one in clients.values():
        one.close()`,
  'unwritten("shown")': "return clients_of(client)",
};

for (const { language, file, program, first, wiring } of [
  {
    language: "ts",
    file: "driver.ts",
    program: process.execPath,
    first: "open",
    wiring: inTypeScript,
  },
  {
    language: "python",
    file: "driver.py",
    program: "/usr/bin/python3",
    first: "open_client",
    wiring: inPython,
  },
]) {
  describe(`the driver in ${file}`, () => {
    const path = join(folder, file);
    const tried = ["--framing", "json", "--parallel", "4", "--", program, path];

    it("says what to write next before it is filled in; nothing is passed by what is not there", async () => {
      const made = ["--lang", language, "--to", path];
      expect((await assent("init", "driver", ...made)).code).toBe(0);
      const { code, out } = await assent("sdk", ...tried);
      expect(out).toContain(`write \`${first}\` next`);
      expect(out).toContain("0 passed, 0 failed");
      expect(out).toContain("INCOMPLETE");
      expect(code).toBe(5);
    }, 120_000);

    it("lets an SDK be tried once it is filled in as it says", async () => {
      let text = readFileSync(path, "utf8");
      for (const [there, then] of Object.entries(wiring)) {
        expect(text).toContain(there);
        text = text.replace(there, () => then);
      }
      writeFileSync(path, text);
      const { code, out } = await assent("sdk", ...tried);
      expect(out).toContain("→ CONFORMING");
      expect(code, out).toBe(0);
    }, 300_000);
  });
}
