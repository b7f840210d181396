/** Follows a job: by its events while that works, else by asking again and again. */

import { Problem, request } from "./api.js";

const STREAM_TRIES = 3;
const POLL_TRIES = 20;
const POLL_MILLISECONDS = 1500;
const FINAL = new Set(["done", "failed", "cancelled"]);

/** Whether nothing moves a state on. */
export function isFinal(state) {
  return FINAL.has(state);
}

/**
 * Calls `onLanguage` with the fields of each language event and returns the job when it has ended.
 * Throws Problem, and AbortError when `signal` is aborted.
 */
export async function follow(jobId, { onLanguage, onJob, signal }) {
  const ended = await followEvents(jobId, onLanguage, signal);
  return ended ? await readJob(jobId, signal) : await poll(jobId, onJob, signal);
}

async function readJob(jobId, signal) {
  const response = await request(`v1/jobs/${jobId}`, { signal });
  return response.json();
}

/** Returns whether the end of the job was seen; a broken stream is resumed where it broke. */
async function followEvents(jobId, onLanguage, signal) {
  let lastId = null;
  for (let tries = 0; tries < STREAM_TRIES; tries += 1) {
    try {
      for await (const event of openEvents(jobId, lastId, signal)) {
        lastId = event.id ?? lastId;
        tries = 0;
        if (event.type === "language") {
          onLanguage(JSON.parse(event.data));
        } else if (event.type === "end") {
          return true;
        }
      }
    } catch (error) {
      rethrowUnlessPassing(error, signal);
    }
    await pause(500 * 2 ** tries, signal);
  }
  return false;
}

async function* openEvents(jobId, lastId, signal) {
  const headers = { Accept: "text/event-stream" };
  if (lastId !== null) {
    headers["Last-Event-ID"] = lastId;
  }
  const response = await request(`v1/jobs/${jobId}/events`, { headers, signal });
  yield* parseEvents(response.body);
}

/**
 * Reads a stream of server-sent events (WHATWG HTML, 9.2.6). EventSource cannot send the header
 * that carries the API key.
 */
export async function* parseEvents(stream) {
  let event = {};
  for await (const line of lines(stream)) {
    if (line === "") {
      if (event.data !== undefined) {
        yield event;
      }
      event = {};
      continue;
    }
    const [, name, value] = /^([^:]*):? ?(.*)$/su.exec(line);
    if (name === "data") {
      event.data = event.data === undefined ? value : `${event.data}\n${value}`;
    } else if (name === "event") {
      event.type = value;
    } else if (name === "id") {
      event.id = value;
    }
  }
}

async function* lines(stream) {
  const reader = stream.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  try {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) {
        return;
      }
      // A carriage return at the end may be one half of a line break.
      const whole = (rest + value).split(/\r\n|\n|\r(?!$)/u);
      rest = whole.pop();
      yield* whole;
    }
  } finally {
    // Whoever stops reading must not leave the connection open.
    await reader.cancel().catch(() => {});
  }
}

async function poll(jobId, onJob, signal) {
  for (let tries = 0; tries < POLL_TRIES; tries += 1) {
    try {
      const job = await readJob(jobId, signal);
      if (isFinal(job.state)) {
        return job;
      }
      tries = 0;
      onJob(job);
    } catch (error) {
      rethrowUnlessPassing(error, signal);
    }
    await pause(POLL_MILLISECONDS, signal);
  }
  throw new Problem({
    code: "unreachable",
    detail: "The service could not be reached for a while; the job may go on without us.",
    hint: "Look the article up by its hash later.",
  });
}

function rethrowUnlessPassing(error, signal) {
  // A stream that breaks off is a TypeError to fetch.
  const passing = error instanceof TypeError || (error instanceof Problem && !error.lasting);
  if (signal.aborted || !passing) {
    throw error;
  }
}

function pause(milliseconds, signal) {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      reject(signal.reason);
    });
  });
}
