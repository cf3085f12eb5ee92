// Comment lines between the lines of an event stream, as a gateway adds them to a silent one: every
// reader reads the same.
import assert from 'node:assert/strict';
import http from 'node:http';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import Anthropic from '@anthropic-ai/sdk';
import { streamText } from 'ai';
import { createParser } from 'eventsource-parser';
import OpenAI from 'openai';
import { chunk, delta, sendInPieces } from './lib/completions.mjs';
import { bodyOf, listen, meet, outcome } from './lib/program.mjs';

const COMMENT = ': keepalive\n';
const ROUNDS = 5;
const TEXTS = Array.from({ length: 50 }, (_, i) => delta(i));

const completion = [
  ...TEXTS.map(content => chunk({ role: 'assistant', content }, null)),
  chunk({}, 'stop'),
  'data: [DONE]\n\n',
].join('');

// As a gateway numbers them; two lines of data in each.
const numbered = TEXTS.map((text, i) => `id: ${i}\ndata: {"n":\ndata: "${text}"}\n\n`).join('');

const typed = (type, fields) => `event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`;
const usage = { input_tokens: 1, output_tokens: 1 };
const empty = { content: [], stop_reason: null, usage };
const begun = { id: 'm', type: 'message', role: 'assistant', model: 'm', ...empty };
const message = [
  typed('message_start', { message: begun }),
  typed('content_block_start', { index: 0, content_block: { type: 'text', text: '' } }),
  typed('ping', {}),
  ...TEXTS.map(text =>
    typed('content_block_delta', { index: 0, delta: { type: 'text_delta', text } })),
  typed('content_block_stop', { index: 0 }),
  typed('message_delta', { delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 9 } }),
  typed('message_stop', {}),
].join('');

const STREAMS = {
  '/v1/chat/completions': completion,
  '/v1/messages': message,
  '/numbered': numbered,
};

/** Puts comments behind some line ends, and before the first line. */
function commented(stream) {
  const some = () => COMMENT.repeat(Math.floor(Math.random() * 3));
  return COMMENT + stream.replace(/\n/g, () => '\n' + some());
}

const backend = await listen(
  http.createServer(async (request, reply) => {
    const [, mode, path] = /^\/(plain|commented)(\/[^?]*)/.exec(request.url);
    await bodyOf(request);
    reply.writeHead(200, { 'Content-Type': 'text/event-stream' });
    const stream = STREAMS[path];
    await sendInPieces(reply, Buffer.from(mode === 'plain' ? stream : commented(stream)));
    reply.end();
  }));
const gateway = await meet(backend);

const READERS = {
  async openai(base) {
    const client = new OpenAI({ baseURL: `${base}/v1`, apiKey: 'none', maxRetries: 0 });
    const messages = [{ role: 'user', content: 'go on' }];
    const parts = [];
    const answer = await client.chat.completions.create({ model: 'm', stream: true, messages });
    for await (const part of answer) {
      parts.push(part);
    }
    return parts;
  },

  async ai(base) {
    const provider = createOpenAICompatible({ name: 'ours', baseURL: `${base}/v1`, apiKey: 'none' });
    const parts = [];
    const answer = streamText({ model: provider('m'), prompt: 'go on', maxRetries: 0 });
    for await (const text of answer.textStream) {
      parts.push(text);
    }
    return parts;
  },

  async anthropic(base) {
    const client = new Anthropic({ baseURL: base, apiKey: 'none', maxRetries: 0 });
    const messages = [{ role: 'user', content: 'go on' }];
    const parts = [];
    for await (const part of client.messages.stream({ model: 'm', max_tokens: 9, messages })) {
      parts.push(structuredClone(part));
    }
    return parts;
  },

  async parser(base) {
    const parts = [];
    const parser = createParser({
      onEvent: event => parts.push(event),
      onError(error) {
        throw error;
      },
    });
    const answer = await fetch(`${base}/numbered`);
    for await (const text of answer.body.pipeThrough(new TextDecoderStream())) {
      parser.feed(text);
    }
    return parts;
  },

  /** As openai-python: behind an id every blank line is the end of an event, whose data is JSON. */
  async strict(base) {
    const events = [];
    let id = null;
    let type = null;
    let data = [];
    const decode = line => {
      if (line !== '') {
        const [, name, value] = /^([^:]*):? ?(.*)$/.exec(line);
        switch (name) {
          case 'id':
            id = value;
            break;
          case 'event':
            type = value;
            break;
          case 'data':
            data.push(value);
            break;
        }
      } else if (id !== null || type !== null || data.length > 0) {
        events.push({ id, type, data: JSON.parse(data.join('\n')) });
        type = null;
        data = [];
      }
    };
    const answer = await fetch(`${base}/numbered`);
    const lines = (await answer.text()).split('\n');
    assert.equal(lines.pop(), '');
    lines.forEach(decode);
    return events;
  },
};

for (const [name, read] of Object.entries(READERS)) {
  const plain = await read(`${gateway.url}/plain`);
  assert(plain.length >= TEXTS.length, `${name} read ${plain.length}`);
  for (let round = 0; round < ROUNDS; round++) {
    assert.deepEqual(await read(`${gateway.url}/commented`), plain, name);
  }
}
outcome(`${Object.keys(READERS).length} readers`);
