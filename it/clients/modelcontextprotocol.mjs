// @modelcontextprotocol/sdk: many clients, each with the event stream that it keeps open, and calls
// beside it.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import http from 'node:http';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import { LoggingMessageNotificationSchema } from '@modelcontextprotocol/sdk/types.js';
import { z } from 'zod';
import { listen, meet, outcome, until } from './lib/program.mjs';

const CLIENTS = 50;
const CALLS = 5;
const sessions = new Map();
const standing = new Set();

async function begin() {
  const server = new McpServer({ name: 'adder', version: '1' }, { capabilities: { logging: {} } });
  server.registerTool(
    'add',
    { description: 'adds', inputSchema: { a: z.number(), b: z.number() } },
    async ({ a, b }) => ({ content: [{ type: 'text', text: String(a + b) }] }));
  const transport = new StreamableHTTPServerTransport({
    sessionIdGenerator: randomUUID,
    onsessioninitialized: id => sessions.set(id, { server, transport }),
  });
  await server.connect(transport);
  return transport;
}

const backend = await listen(
  http.createServer(async (request, reply) => {
    const id = request.headers['mcp-session-id'];
    if (request.method === 'GET') {
      standing.add(id);
      reply.on('close', () => standing.delete(id));
    }
    const transport = id ? sessions.get(id).transport : await begin();
    await transport.handleRequest(request, reply);
  }));
const gateway = await meet(backend);

async function connect(name) {
  const client = new Client({ name, version: '1' });
  const told = [];
  client.setNotificationHandler(LoggingMessageNotificationSchema, message => {
    told.push(message.params.data);
  });
  const transport = new StreamableHTTPClientTransport(new URL(`${gateway.url}/mcp`));
  await client.connect(transport);
  return { client, told, session: transport.sessionId };
}

async function callAll({ client }, number) {
  const { tools } = await client.listTools();
  assert.deepEqual(tools.map(tool => tool.name), ['add']);
  for (let i = 0; i < CALLS; i++) {
    const { content } = await client.callTool({ name: 'add', arguments: { a: number, b: i } });
    assert.equal(content[0].text, String(number + i));
  }
}

const clients = await Promise.all(
  Array.from({ length: CLIENTS }, (_, i) => connect(`client ${i}`)));
await until('every client has its stream', () => standing.size === CLIENTS);
await Promise.all(clients.map(callAll));

await Promise.all(
  clients.map(({ session }) =>
    sessions.get(session).server.sendLoggingMessage({ level: 'info', data: session })));
await until('every client was told', () => clients.every(({ told }) => told.length === 1));
assert.deepEqual(clients.map(({ told }) => told[0]), clients.map(({ session }) => session));
const streams = standing.size;
await Promise.all(clients.map(({ client }) => client.close()));
await until('the streams have ended at the server, too', () => standing.size === 0);
outcome(`${clients.length} clients, ${streams} streams`);
