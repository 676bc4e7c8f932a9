// SPDX-License-Identifier: Apache-2.0
// Runs one scene in circumstances that its process has to be started in: as
// another user, or in namespaces of its own. Arguments: the name of the
// experiment, the kernel, and what the experiment takes. Prints one line of
// JSON, what was observed; the test judges it.
import { experiments } from "./experiments.ts";
import { type Kernel, startScene } from "./scene.ts";

const [name = "", kernel, ...rest] = process.argv.slice(2);
const experiment = experiments[name];
if (experiment === undefined) throw new Error(`no experiment ${name}`);
const scene = await startScene(kernel as Kernel);
try {
  const observed = await experiment(scene, rest);
  process.stdout.write(`${JSON.stringify(observed)}\n`);
} finally {
  await scene.close();
}
process.exit(0);
