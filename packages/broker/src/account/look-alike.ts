// SPDX-License-Identifier: Apache-2.0

/*
 * Letters of the scripts that a name may have (see name.ts) which are drawn
 * like Latin letters, digits or punctuation, in the manner of Unicode's UTS
 * 39. Coarser than that table where in doubt: two names that fold alike merely
 * cannot both exist.
 */

const latin: Readonly<Record<string, string>> = {
  a: "αɑаΑАᴀ",
  b: "βвьΒВƅ",
  c: "сСϲϹᴄⅽ",
  d: "ԁժɗ",
  e: "еεΕЕҽєℯ",
  f: "ϝք",
  g: "ɡցԌɢ",
  h: "һհнНΗҺʜ",
  j: "јЈյϳȷ",
  k: "кκКΚᴋĸ",
  l: "iІΙӀӏіιı1|ɩǀɪℓ",
  m: "мМΜʍᴍ",
  n: "пոηΝռɴ",
  o: "0оΟОօοσჿᴏ",
  p: "рρРΡр",
  q: "ԛզգԚ",
  r: "гᴦʀ",
  s: "ѕЅՏʂꜱ",
  t: "тτТΤᴛ",
  u: "υսʋՍц",
  v: "νѵѴᴠ",
  w: "ԝωԜաѡ",
  x: "хχХΧ×",
  y: "уγуΥУҮүʏ",
  z: "ΖᴢȥƵ",
  "3": "зЗӡʒƷ",
  "6": "б",
  "'": "’‘ʼʹ`´ˈ′",
  ".": "·•・‧∙⋅。",
  ",": "‚،",
  ":": "׃：ː",
};

const folded: ReadonlyMap<string, string> = new Map(
  Object.entries(latin).flatMap(([to, from]) =>
    Array.from(from, (character) => [character, to] as const),
  ),
);

/** What a name looks like: names that fold alike could be taken for each other (T41). */
export function foldLookAlikes(name: string): string {
  return [...name.normalize("NFKD").replace(/[\u0300-\u036f]/g, "")]
    .map(foldCharacter)
    .join("")
    .toLowerCase()
    .replace(/i/g, "l")
    .replace(/rn/g, "m")
    .replace(/vv/g, "w")
    .replace(/\s+/g, " ");
}

function foldCharacter(character: string): string {
  if (/\p{Dash_Punctuation}/u.test(character)) return "-";
  return folded.get(character) ?? character;
}
