/** Shows the service's errors at the fields they are about. */

import { element } from "./element.js";

/** Returns what a person is told of an error: what is wrong, the limit, and what to do. */
export function describe({ message, hint = null, limit = null, given = null }) {
  const facts = [
    limit !== null && `Allowed: ${readable(limit)}.`,
    given !== null && `Given: ${readable(given)}.`,
  ];
  return [
    element("span", { class: "problem-detail" }, message),
    hint ? element("span", { class: "problem-hint" }, hint) : null,
    facts.some(Boolean)
      ? element("span", { class: "problem-facts" }, facts.filter(Boolean).join(" "))
      : null,
  ].filter(Boolean);
}

function readable(fact) {
  return typeof fact === "number" ? fact.toLocaleString("en") : fact;
}

/** Shows errors at the controls of one form, or in the alert where none is at fault. */
export class Fields {
  #controls;
  #alert;

  /** `controls` maps a field of the API to `{ control, place }`: where to point and to write. */
  constructor(controls, alert) {
    this.#controls = controls;
    this.#alert = alert;
  }

  clear() {
    for (const { control, place } of this.#controls.values()) {
      control.removeAttribute("aria-invalid");
      place.hidden = true;
    }
    this.#alert.hidden = true;
  }

  /** Shows a problem, all of its errors, and moves the focus to the first. */
  show(problem) {
    this.clear();
    const single = { ...problem, message: problem.message };
    const errors = problem.errors.length > 0 ? problem.errors : [single];
    const [first] = errors.map((error) => this.#showOne(error));
    first?.focus();
  }

  #showOne(error) {
    const known = this.#controls.get(error.field?.split(".")[0]);
    const place = known?.place ?? this.#alert;
    place.replaceChildren(...describe(error));
    place.hidden = false;
    if (!known) {
      return null;
    }
    known.control.closest("details")?.setAttribute("open", "");
    known.control.setAttribute("aria-invalid", "true");
    return known.control.matches("fieldset") ? known.control.querySelector("input") : known.control;
  }
}
