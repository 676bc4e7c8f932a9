// SPDX-License-Identifier: Apache-2.0

const schemeAndAuthority = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i;

/**
 * The origin form of an HTTP/1.1 request target. Servers must take the
 * absolute form as well (RFC 9112, 3.2.2), and some clients send it to every
 * Unix socket; the authority means nothing here.
 */
export function originForm(target: string): string {
  const rest = target.replace(schemeAndAuthority, "");
  if (rest === target) return target;
  return rest.startsWith("/") ? rest : `/${rest}`;
}
