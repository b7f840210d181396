/** The languages summaries are made in, in the order in which they are shown. */
export const LANGUAGES = new Map([
  ["en", { name: "English", own: "English", direction: "ltr" }],
  ["ru", { name: "Russian", own: "Русский", direction: "ltr" }],
  ["ar", { name: "Arabic", own: "العربية", direction: "rtl" }],
]);

/** Returns the attributes an element with text in a language needs. */
export function textIn(code) {
  return { lang: code, dir: LANGUAGES.get(code)?.direction ?? "auto" };
}
