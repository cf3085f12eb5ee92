// openai: a long streamed completion, and a refusal.
import assert from 'node:assert/strict';
import OpenAI, { RateLimitError } from 'openai';
import { Completions, DELTAS, delta } from './lib/completions.mjs';
import { meet, outcome } from './lib/program.mjs';

const backend = await Completions.start();
const gateway = await meet(backend.server);
const client = new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: 'none', maxRetries: 0 });
const ask = model =>
  client.chat.completions.create({
    model,
    stream: true,
    messages: [{ role: 'user', content: 'go on' }],
  });

const deltas = [];
for await (const part of await ask('m')) {
  const text = part.choices[0].delta.content;
  if (text !== undefined) {
    deltas.push(text);
    backend.received = deltas.length;
  }
}
assert.deepEqual(deltas, Array.from({ length: DELTAS }, (_, i) => delta(i)));

await assert.rejects(ask('busy'), error => {
  assert(error instanceof RateLimitError);
  assert.equal(error.headers.get('retry-after'), '7');
  return true;
});
outcome(`${deltas.length} deltas`);
