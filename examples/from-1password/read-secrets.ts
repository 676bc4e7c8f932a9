// SPDX-License-Identifier: Apache-2.0
//
// What a program does with secrets, as it is written for @1password/sdk; its
// import alone was changed. Arguments are references.
import {
  createClient,
  DesktopAuth,
  Secrets,
  SeparatorType,
  WordListType,
} from "@assent/sdk-node/1password";

const references = process.argv.slice(2);
for (const reference of references) {
  Secrets.validateSecretReference(reference);
}

const client = await createClient({
  auth: new DesktopAuth("Personal"),
  integrationName: "Example: read secrets",
  integrationVersion: "v1.0.0",
});

const [first = ""] = references;
const secret = await client.secrets.resolve(first);
console.log(`${first}: ${secret.length} characters`);

const all = await client.secrets.resolveAll(references);
for (const [reference, { content, error }] of Object.entries(
  all.individualResponses,
)) {
  console.log(`${reference}: ${content?.secret.length ?? error?.type}`);
}

const recipes = [
  {
    type: "Random",
    parameters: { length: 20, includeDigits: true, includeSymbols: true },
  },
  {
    type: "Memorable",
    parameters: {
      separatorType: SeparatorType.Digits,
      wordListType: WordListType.Syllables,
      capitalize: true,
      wordCount: 4,
    },
  },
  { type: "Pin", parameters: { length: 6 } },
] as const;
for (const recipe of recipes) {
  const { password } = Secrets.generatePassword(recipe);
  console.log(`${recipe.type}: ${password.length} characters`);
}
