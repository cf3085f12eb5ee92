// ai, with its provider for everything that speaks as OpenAI does: a long streamed completion, and a refusal.
import assert from 'node:assert/strict';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { APICallError, streamText } from 'ai';
import { Completions, DELTAS, delta } from './lib/completions.mjs';
import { meet, outcome } from './lib/program.mjs';

const backend = await Completions.start();
const gateway = await meet(backend.server);
const provider = createOpenAICompatible({ name: 'ours', baseURL: `${gateway.url}/v1`, apiKey: 'none' });
const ask = (model, onError) =>
  streamText({ model: provider(model), prompt: 'go on', maxRetries: 0, onError }).textStream;
const fail = ({ error }) => {
  throw error;
};

const deltas = [];
for await (const text of ask('m', fail)) {
  deltas.push(text);
  backend.received = deltas.length;
}
assert.deepEqual(deltas, Array.from({ length: DELTAS }, (_, i) => delta(i)));

const errors = [];
for await (const text of ask('busy', ({ error }) => errors.push(error))) {
  assert.fail(text);
}
assert.equal(errors.length, 1);
assert(APICallError.isInstance(errors[0]), String(errors[0]));
assert.equal(errors[0].statusCode, 429);
assert.equal(errors[0].responseHeaders['retry-after'], '7');
outcome(`${deltas.length} deltas`);
