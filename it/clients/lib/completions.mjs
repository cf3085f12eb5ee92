// A backend that answers as those of OpenAI do, for the programs that ask one.
import http from 'node:http';
import { bodyOf, listen, until } from './program.mjs';

/** How many deltas an answer has. */
export const DELTAS = 200;

/** The text of one delta; some of its characters have several bytes. */
export const delta = number => `${number} ü€😀 `;

/**
 * A server whose answer goes on only when the client has what was sent before, and from the middle
 * on at once.
 */
export class Completions {
  /** How many deltas the client has. */
  received = 0;

  static async start() {
    const completions = new Completions();
    completions.server = await listen(
      http.createServer((request, reply) => completions.#answer(request, reply)));
    return completions;
  }

  async #answer(request, reply) {
    const asked = JSON.parse(await bodyOf(request));
    if (asked.model === 'busy') {
      reply.writeHead(429, { 'Content-Type': 'application/json', 'Retry-After': '7' });
      reply.end('{"error":{"message":"too many","type":"requests","code":"rate_limit_exceeded"}}');
      return;
    }
    reply.writeHead(200, { 'Content-Type': 'text/event-stream' });
    for (let i = 0; i < DELTAS / 2; i++) {
      await until(`delta ${i - 1} has arrived`, () => this.received >= i);
      reply.write(chunk({ role: 'assistant', content: delta(i) }, null));
    }
    const rest = [];
    for (let i = DELTAS / 2; i < DELTAS; i++) {
      rest.push(chunk({ content: delta(i) }, null));
    }
    rest.push(chunk({}, 'stop'), 'data: [DONE]\n\n');
    await sendInPieces(reply, Buffer.from(rest.join('')));
    reply.end();
  }
}

/** Sends bytes in pieces that end anywhere, each in a write of its own. */
export async function sendInPieces(reply, bytes) {
  for (let from = 0, to; from < bytes.length; from = to) {
    to = from + 1 + Math.floor(Math.random() * 300);
    await new Promise(resolve => reply.write(bytes.subarray(from, to), resolve));
  }
}

/** One event of a streamed completion. */
export function chunk(change, finish) {
  const choices = [{ index: 0, delta: change, finish_reason: finish }];
  const whole = { id: 'c-1', object: 'chat.completion.chunk', created: 1, model: 'm', choices };
  return `data: ${JSON.stringify(whole)}\n\n`;
}
