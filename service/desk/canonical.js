/**
 * The canonical form of a text, which every offset of the API counts: the same steps as
 * docs/article-hash.md gives and khabar/canonical.py takes.
 */

// Line breaks of UAX #14. Each of them ends a paragraph.
const BREAKS = /[\n\r\v\f\u0085\u2028\u2029]/gu;
// Controls but for line feeds, byte-order marks, bidi embeddings, overrides and isolates, and the
// characters that only say where a line may be broken.
const REMOVED =
  /[\u0000-\u0008\u000e-\u001f\u007f-\u0084\u0086-\u009f\ufeff\u202a-\u202e\u2066-\u2069\u00ad\u200b\u2060]/gu;
// What Python's str.split() takes for white space, of what is left.
const WHITE_SPACE = /[ \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]+/gu;

const HASH_SCHEME = "khabar-article-1";

/** Returns the paragraphs of a text, one a line. */
export function canonicalText(raw) {
  return raw
    .replace(BREAKS, "\n")
    .replace(/\t/gu, " ")
    .replace(REMOVED, "")
    .normalize("NFC")
    .replace(WHITE_SPACE, " ")
    .split("\n")
    .map((line) => line.replace(/^ | $/gu, ""))
    .filter((line) => line !== "")
    .join("\n");
}

/** Returns the canonical text on one line. */
export function canonicalLine(raw) {
  return canonicalText(raw).replaceAll("\n", " ");
}

/**
 * Returns the hash of a canonical headline and body in hexadecimal, or null where the browser
 * offers no SHA-256: it does so only on https and on the machine itself.
 */
export async function articleHash(headline, body) {
  if (!globalThis.crypto?.subtle) {
    return null;
  }
  const content = JSON.stringify({ body, headline });
  const parts = [...netstring(HASH_SCHEME), ...netstring(content)];
  const digest = await crypto.subtle.digest("SHA-256", await new Blob(parts).arrayBuffer());
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function netstring(text) {
  const bytes = new TextEncoder().encode(text);
  return [`${bytes.length}:`, bytes, ","];
}
