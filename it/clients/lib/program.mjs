// What every program here shares: how it and the test that runs it find each other, and its end.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import readline from 'node:readline';

const PATIENCE_MS = 25_000;

setTimeout(() => {
  console.error(`not done within ${PATIENCE_MS} ms`);
  process.exit(3);
}, PATIENCE_MS).unref();

/**
 * Tells the test where this program's backends are, and waits for a gateway in front of them.
 *
 * @param backends servers that listen
 * @returns `url` and `admin`, both beginning with `http://`
 */
export async function meet(...backends) {
  const addresses = backends.map(server => `127.0.0.1:${server.address().port}`);
  console.log(['backends', ...addresses].join(' '));
  const [line] = await once(readline.createInterface({ input: process.stdin }), 'line');
  return JSON.parse(line);
}

/** Ends the program: everything went well, and this is what the test compares. */
export function outcome(text) {
  console.log(`outcome ${text}`);
  process.exit(0);
}

/** Lets a server listen on a free port of the loopback interface. */
export async function listen(server) {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

/** Waits until a condition holds. */
export async function until(what, condition) {
  const end = Date.now() + 10_000;
  while (!condition()) {
    assert(Date.now() < end, `did not see that ${what}`);
    await new Promise(resolve => setTimeout(resolve, 5));
  }
}

/** The whole body of a request, as text. */
export async function bodyOf(request) {
  const pieces = [];
  for await (const piece of request) {
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString();
}
