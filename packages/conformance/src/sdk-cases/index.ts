// SPDX-License-Identifier: Apache-2.0
import type { Pending } from "../case/case.ts";
import type { SdkCase, SdkCases } from "../sdk/sdk-case.ts";
import { answerCases } from "./answers.ts";
import { authorizationCases } from "./authorization.ts";
import { deadlineCases } from "./deadlines.ts";
import { endpointCases } from "./endpoint.ts";
import { errorCases } from "./errors.ts";
import { leakCases } from "./leaks.ts";
import { lifetimeCases } from "./lifetime.ts";
import { restartCases } from "./restarts.ts";
import { versionCases } from "./versions.ts";
import { writeCases } from "./writes.ts";

const groups: readonly SdkCases[] = [
  endpointCases,
  authorizationCases,
  writeCases,
  errorCases,
  versionCases,
  leakCases,
  lifetimeCases,
  restartCases,
  deadlineCases,
  answerCases,
];

/** Every case of SDKs that is built, by its full name. */
export const sdkCases: ReadonlyMap<string, SdkCase | Pending> = new Map(
  groups.flatMap((cases) =>
    Object.entries(cases).map(([name, one]) => [`sdk/${name}`, one]),
  ),
);
