// SPDX-License-Identifier: Apache-2.0
import { type Mutant, mutant } from "../../../../scripts/source-mutation.ts";

const sessions = "broker/src/session/sessions.ts";
const authorize = "broker/src/rpc/authorize.ts";
const approve = "broker/src/rpc/approve.ts";
const service = "broker/src/rpc/broker-service.ts";
const scopeTerms = "broker/src/rpc/scope-terms.ts";

/** What the broker gives without a decision, for a prompt that ended so. */
const grantUnasked = `const named = parts.accounts.find(request.account);
  const opened = named && parts.accounts.store(named.id);
  if (named !== undefined && opened !== undefined) {
    const { bound } = bindScope(asked, opened);
    const grant = newGrant(bound, inactivityMs, parts.clock.bootMs());
    const session = parts.sessions.grant(peer.number, named.id, grant, undefined);
    return { session, grant };
  }`;

function grantsAfter(ending: string): readonly [string, string, string] {
  return [
    authorize,
    `  if ("granted" in outcome) {`,
    `  if ("ending" in outcome && outcome.ending === "${ending}") {
  ${grantUnasked}
  }
  if ("granted" in outcome) {`,
  ];
}

/** What a session is, how it comes into being, and its scope. */
export const sessionMutants: readonly Mutant[] = [
  mutant("B01", [
    authorize,
    "if (covering !== undefined) return covering;",
    `if (covering !== undefined) return covering;
  ${grantUnasked}`,
  ]),
  mutant("B02", grantsAfter("denied")),
  mutant("B03", grantsAfter("timed-out")),
  mutant("B04", [
    approve,
    `  if (request.credential.case !== "password") {`,
    `  if (request.credential.case === undefined) {
    const { accountId } = approval.terms;
    const generation = parts.accounts.generation(accountId);
    const unproven = { accountId, generation } as VerifiedCredential;
    return commit(parts, approval, unproven, surface);
  }
  if (request.credential.case !== "password") {`,
  ]),
  mutant(
    "B05",
    [
      sessions,
      `    const session = this.#byAccount.get(accountId)?.get(process);
    if (session !== undefined) {`,
      `    const session =
      this.#byAccount.get(accountId)?.get(process) ??
      this.ofProcess(process)[0] as MutableSession | undefined;
    if (session !== undefined) {`,
    ],
    [
      service,
      "const open = accounts.store(session.accountId);",
      "const open = accounts.store(account?.id ?? session.accountId);",
    ],
  ),
  mutant("B06", [
    sessions,
    `    const session = this.#byAccount.get(accountId)?.get(process);
    if (session !== undefined) {`,
    `    const ofAccount = this.#byAccount.get(accountId);
    const session = ofAccount?.get(process) ?? ofAccount?.values().next().value;
    if (session !== undefined) {`,
  ]),
  mutant(
    "B11",
    [
      "broker/src/rpc/channel-handlers.ts",
      "    plain: { service: BrokerService, implementation: service },\n",
      "",
    ],
    [
      service,
      `      const { session, grant } = await authorize(
        parts,
        flight.connection.peer,
        request,
        context,
      );`,
      `      const { session, grant } = await authorize(
        parts,
        flight.connection.peer,
        request,
        context,
      );
      context.responseHeader.set("assent-session", session.id);`,
    ],
    [
      service,
      "const answer = serve(parts, flight, request);",
      `const token = context.requestHeader.get("assent-session");
      const answer = serve(parts, flight, request, token);`,
    ],
    [
      service,
      `  request: RequestRequest,
): RequestResponse {`,
      `  request: RequestRequest,
  token: string | null,
): RequestResponse {`,
    ],
    [
      service,
      `  const judged =
    account === undefined
      ? { ended: undefined }`,
      `  const borne = sessions.all().find(({ id }) => id === token);
  const judged =
    borne !== undefined
      ? sessions.judge(borne.process, borne.accountId, now)
      : account === undefined
      ? { ended: undefined }`,
    ],
  ),
  mutant(
    "B12",
    [
      service,
      `    request(request, context) {
      const flight = identify(parts, context);`,
      `    async request(request, context) {
      const flight = identify(parts, context);
      const { account } = request;
      const asked = create(AuthorizeRequestSchema, { account });
      await authorize(parts, flight.connection.peer, asked, context);`,
    ],
    [
      service,
      `import {
  AuthorizeResponseSchema,`,
      `import {
  AuthorizeRequestSchema,
  AuthorizeResponseSchema,`,
    ],
  ),
  mutant("B13", [
    authorize,
    "if (covering !== undefined) return covering;",
    "void covering;",
  ]),
  mutant("B14", [
    authorize,
    "if (covering !== undefined) return covering;",
    `if (covering !== undefined) {
    parts.sessions.touch([covering.grant], parts.clock.bootMs());
    return covering;
  }`,
  ]),
  mutant(
    "B15",
    [
      "broker/src/rpc/item-changes.ts",
      "scope.write && reachesVault(scope, vaultId) && isReached(scope)",
      "reachesVault(scope, vaultId) && isReached(scope)",
    ],
    [
      "broker/src/rpc/reach.ts",
      "if (write && !grant.scope.write) continue;",
      "void write;",
    ],
  ),
  mutant("B16", [
    authorize,
    "  if (request.interaction === Interaction.NEVER) {",
    `  const wider = parts.accounts.find(request.account);
  const unlocked = wider && parts.accounts.store(wider.id);
  if (wider && unlocked && parts.sessions.find(peer.number, wider.id)) {
    const { bound } = bindScope(asked, unlocked);
    const grant = newGrant(bound, inactivityMs, parts.clock.bootMs());
    parts.sessions.grant(peer.number, wider.id, grant, undefined);
  }
  if (request.interaction === Interaction.NEVER) {`,
  ]),
  mutant("B17", [
    approve,
    `      accountId,
      grant,
      chosenFor,`,
    `      accountId,
      { ...grant, scope: widest },
      chosenFor,`,
  ]),
  mutant(
    "B18",
    [
      "broker/src/rpc/channel-handlers.ts",
      "    plain: { service: BrokerService, implementation: service },\n",
      "",
    ],
    [
      approve,
      "const secret = request.credential.value.slice();",
      `const secret = request.credential.value.slice();
  Reflect.set(globalThis, "assentCredential", Buffer.from(secret).toString());`,
    ],
    [
      service,
      "      // What was granted, exactly (SES-012).",
      `      context.responseHeader.set(
        "assent-account-credential",
        Buffer.from(String(Reflect.get(globalThis, "assentCredential"))).toString("base64"),
      );`,
    ],
  ),
  mutant(
    "B105",
    [
      scopeTerms,
      "return names.length > 0 && names.length <= most;",
      "return names.length <= most;",
    ],
    [
      scopeTerms,
      `  if (extent.case === "vaults") {
    const vaultIds`,
      `  if (extent.case === "vaults" && extent.value.vaults.length > 0) {
    const vaultIds`,
    ],
  ),
  mutant("B106", [
    sessions,
    "    session.grants.push(grant);",
    `    const merged = [...session.grants, grant].map(({ scope }) => scope);
    const vaultIds = merged.flatMap(({ extent }) =>
      extent.kind === "vaults" ? [...extent.vaultIds] : [],
    );
    const isEvery = merged.some(({ extent }) => extent.kind === "every-vault");
    const scope: BoundScope = {
      write: merged.some(({ write }) => write),
      extent: isEvery
        ? { kind: "every-vault" }
        : { kind: "vaults", vaultIds: new Set(vaultIds) },
    };
    session.grants = [{ ...grant, scope }];`,
  ]),
  mutant(
    "B107",
    [
      approve,
      "const grant = newGrant(bound, inactivityMs, clock.bootMs());",
      `const grant = Object.assign(
      newGrant(bound, inactivityMs, clock.bootMs()),
      { asked },
    );`,
    ],
    [
      service,
      "  const covered = new Set<Grant>();",
      `  for (const grant of session.grants as (Grant & { asked: AskedScope })[]) {
    Object.assign(grant, { scope: bindScope(grant.asked, store).bound });
  }
  const covered = new Set<Grant>();`,
    ],
    [
      service,
      `import { refusal } from "./refusal.ts";`,
      `import { refusal } from "./refusal.ts";
import { type AskedScope, bindScope } from "./scope-terms.ts";`,
    ],
  ),
  mutant(
    "B108",
    [
      approve,
      "return commit(parts, approval, credential, surface);",
      "return commit(parts, approval, credential, surface, prompt);",
    ],
    [
      approve,
      `  surface: SurfaceFacts,
): ApproveResponse {`,
      `  surface: SurfaceFacts,
  prompt: PendingPrompt,
): ApproveResponse {`,
    ],
    [
      approve,
      `  const prompt = pendingPrompt(parts, approval.promptId, approval.digest);
  const terms = termsOf(parts, prompt);`,
      "  const terms = termsOf(parts, prompt);",
    ],
    [
      approve,
      `    credential.accountId === accountId &&
    credential.generation === approval.generation &&
    accounts.generation(accountId) === approval.generation;`,
      "    credential.accountId === accountId;",
    ],
    [
      "broker/src/account/native-accounts.ts",
      "      credential.generation !== generation(accountId)",
      "      credential.generation > generation(accountId)",
    ],
  ),
];
