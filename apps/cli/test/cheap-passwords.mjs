// SPDX-License-Identifier: Apache-2.0
// Loaded by Node before the broker of a test: its Argon2id costs next to
// nothing, whatever it is asked for. The program itself has no way to say so.
import crypto from "node:crypto";
import { syncBuiltinESMExports } from "node:module";

const { argon2 } = crypto;
const cheap = { memory: 32, passes: 1, parallelism: 1 };
crypto.argon2 = (algorithm, parameters, callback) =>
  argon2(algorithm, { ...parameters, ...cheap }, callback);
syncBuiltinESMExports();
