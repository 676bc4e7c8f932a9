// SPDX-License-Identifier: Apache-2.0
import { type Mutant, mutant } from "../../../../scripts/source-mutation.ts";

const registry = "broker/src/peer/registry.ts";
const linux = "broker/src/peer/linux-process.ts";
const source = "broker/src/peer/linux-source.ts";
const service = "broker/src/rpc/broker-service.ts";

const known = `    const before = newestByPid.get(capture.pid);
    if (before?.capture.isSame(capture)) {`;
const looksAtImage = "const image = this.#imageEnd();";
const looksForExit =
  "const exited = this.#binding.hasEnded(this.findings.pidfd);";
const tellsExit = `        if (ended[index]) each.markEnded("exited");`;

/** Each connection is somebody else. */
const byConnection: readonly [string, string, string] = [
  registry,
  "if (before?.capture.isSame(capture)) {",
  "if (before === null) {",
];

/** Who a caller is, and for how long. */
export const processMutants: readonly Mutant[] = [
  mutant("B07", [
    registry,
    known,
    `    const before = [...known].find(
      (one) =>
        one.executable === capture.executable && one.verify() === undefined,
    );
    if (before !== undefined) {`,
  ]),
  mutant(
    "B08",
    [
      registry,
      known,
      `    const before = newestByPid.get(capture.pid);
    if (before !== undefined) {`,
    ],
    [linux, looksAtImage, "const image: PeerEnd | undefined = undefined;"],
    [linux, looksForExit, "const exited = false;"],
    [source, tellsExit, "        void [each, ended[index]];"],
  ),
  mutant(
    "B09",
    [linux, looksAtImage, "const image: PeerEnd | undefined = undefined;"],
    [source, "      mine.image?.file === its.image?.file &&\n", ""],
  ),
  mutant("B10", byConnection),
  mutant(
    "B54",
    [
      "broker/src/rpc/channel-handlers.ts",
      "    plain: { service: BrokerService, implementation: service },\n",
      "",
    ],
    [
      service,
      "      const answer = serve(parts, flight, request);",
      `      const stated = [...context.requestHeader].find(([name]) =>
        name.includes("pid"),
      );
      Object.assign(flight, { stated: Number(stated?.[1]) });
      const answer = serve(parts, flight, request);`,
    ],
    [
      service,
      `  const { peer } = flight.connection;
  const { clock, accounts, sessions } = parts;`,
      `  const { clock, accounts, sessions } = parts;
  const stated = parts.sessions
    .all()
    .map(({ process }) => process)
    .find(
      (number) =>
        parts.cards.last(number)?.process.pid === Reflect.get(flight, "stated"),
    );
  const peer =
    stated === undefined ? flight.connection.peer : { number: stated };`,
    ],
  ),
  mutant(
    "B55",
    [
      registry,
      `        if (end === undefined) continue;
        forget(peer);`,
      `        if (end !== "replaced") continue;
        forget(peer);`,
    ],
    [
      registry,
      "if (peer.connections === 0 && !isKept(peer)) forget(peer);",
      "if (peer.connections < 0) forget(peer);",
    ],
  ),
  mutant("B56", [
    registry,
    known,
    `    const [, ...ancestors] = capture.lineage();
    const before =
      [...known].find(({ lineage: [key] }) =>
        key !== undefined && ancestors.includes(key)) ??
      newestByPid.get(capture.pid);
    if (
      before !== undefined &&
      (before.pid !== capture.pid || before.capture.isSame(capture))
    ) {`,
  ]),
  mutant("B57", [
    linux,
    looksAtImage,
    "const image: PeerEnd | undefined = undefined;",
  ]),
  mutant(
    "B58",
    [
      linux,
      looksAtImage,
      `const seen = this.#imageEnd();
      const image = seen === "exited" ? undefined : seen;`,
    ],
    [linux, looksForExit, "const exited = false;"],
    [source, tellsExit, "        void [each, ended[index]];"],
  ),
  mutant("B80", [
    "broker/src/peer/linux-description.ts",
    `      place === undefined ||
      place.deleted ||
      (place.visible && !place.inPlace)`,
    "      place === undefined",
  ]),
  mutant("B94", byConnection),
  mutant(
    "B95",
    [
      "broker/src/peer/linux-capture.ts",
      `  if (userId !== context.userId) return "other-user";\n`,
      "",
    ],
    [
      "broker/src/peer/linux-capture.ts",
      "if (fstatSync(directory).uid === userId) {",
      "if (fstatSync(directory).uid >= 0 || userId < 0) {",
    ],
  ),
  mutant("B103", [
    linux,
    "answers && stackStart === image.stackStart && file === image.file;",
    "file === image.file || (answers && stackStart === image.stackStart);",
  ]),
];
