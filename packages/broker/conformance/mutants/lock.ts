// SPDX-License-Identifier: Apache-2.0
import { type Mutant, mutant } from "../../../../scripts/source-mutation.ts";

const sessions = "broker/src/session/sessions.ts";
const endings = "broker/src/rpc/endings.ts";
const accounts = "broker/src/rpc/account-service.ts";
const approve = "broker/src/rpc/approve.ts";
const service = "broker/src/rpc/broker-service.ts";

const targets = `request.account === "" ? accounts.list() : [named(request.account)];`;

/** What locking, removal and revocation end. */
export const lockMutants: readonly Mutant[] = [
  mutant(
    "B44",
    [endings, "  accounts.lock(accountId);\n", ""],
    [
      sessions,
      "    for (const session of sessions) this.#end(session, end);\n    return sessions.length;",
      "    for (const session of sessions.slice(0, 1)) this.#end(session, end);\n    return sessions.length;",
    ],
  ),
  mutant("B45", [
    service,
    `    const late =
      processRefusal(parts, flight) ?? sessionRefusal(parts, session);`,
    "    const late = processRefusal(parts, flight);",
  ]),
  mutant("B47", [
    endings,
    "    (question, frozen) => mayGrant(parts, question, frozen, accountId),",
    "    (question, frozen) =>\n      frozen === null && mayGrant(parts, question, frozen, accountId),",
  ]),
  mutant(
    "B48",
    [
      sessions,
      "    for (const session of sessions) this.#end(session, end);\n    return sessions.length;",
      `    for (const session of sessions) this.#end(session, end);
    this.#locked.set(accountId, sessions);
    return sessions.length;`,
    ],
    [
      sessions,
      "  /** How many sessions an account has. */",
      `  readonly #locked = new Map<string, MutableSession[]>();
  restore(accountId: string): void {
    for (const session of this.#locked.get(accountId) ?? []) {
      const ofAccount = this.#byAccount.get(accountId) ?? new Map();
      ofAccount.set(session.process, session);
      this.#byAccount.set(accountId, ofAccount);
    }
  }

  /** How many sessions an account has. */`,
    ],
    [
      accounts,
      "      unlocks.byHand(credential.accountId);",
      `      unlocks.byHand(credential.accountId);
      parts.sessions.restore(credential.accountId);`,
    ],
  ),
  mutant("B49", [accounts, targets, "accounts.list();"]),
  mutant("B50", [
    accounts,
    `      for (const { id } of targets) {
        lockAccount(parts, id, \`process \${peer.pid}\`);
      }`,
    `      setTimeout(() => {
        for (const { id } of targets) {
          lockAccount(parts, id, \`process \${peer.pid}\`);
        }
      }, 200);`,
  ]),
  mutant("B51", [
    service,
    "const mine = parts.sessions.ofProcess(number).filter(",
    "const mine = parts.sessions.all().filter(",
  ]),
  mutant("B52", [
    service,
    `for (const session of mine) parts.sessions.end(session, "revoked-by-program");`,
    "void mine;",
  ]),
  mutant("B53", [
    service,
    `for (const session of mine) parts.sessions.end(session, "revoked-by-program");`,
    `for (const session of mine) parts.sessions.end(session, "revoked-by-program");
  if (mine.length === 0) throw refusal(Reason.NOT_FOUND);`,
  ]),
  mutant("B79", [
    "broker/src/rpc/session-service.ts",
    `for (const session of ending) sessions.end(session, "revoked-by-user");`,
    "void ending;",
  ]),
  mutant("B88", [
    accounts,
    targets,
    `request.account === ""
          ? accounts.list().slice(0, 1)
          : [named(request.account)];`,
  ]),
  mutant("B89", [
    approve,
    `  if (request.credential.case !== "password") {`,
    `  const { accountId, inactivityMs } = approval.terms;
  if (parts.accounts.store(accountId) === undefined) {
    const bound = { write: false, extent: { kind: "every-vault" } } as const;
    const grant = newGrant(bound, inactivityMs, parts.clock.bootMs());
    const { number } = termsOf(parts, prompt).peer;
    const session = parts.sessions.grant(number, accountId, grant, undefined);
    parts.prompts.approve(prompt.id, { session, grant });
    return create(ApproveResponseSchema, {});
  }
  if (request.credential.case !== "password") {`,
  ]),
  mutant("B90", [
    accounts,
    `      lockAccount(parts, accountId, "removal");
      accounts.remove(accountId);`,
    "      accounts.remove(accountId);",
  ]),
  mutant("B91", [
    service,
    `    (session) =>
      named === "" ||
      session.accountId === accountId ||`,
    `    (session) =>
      session.accountId === accountId ||`,
  ]),
  mutant("B92", [
    service,
    "      question.process === number &&\n      (named",
    "      question.process === -number &&\n      (named",
  ]),
];
