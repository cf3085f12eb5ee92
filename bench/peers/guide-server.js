// SPDX-License-Identifier: Apache-2.0
//
// An event-stream server on Node as the guide to SSE connection pools advises: a registry with a hard cap, the four
// headers, ":ok" at once, a queue of 50 events for each stream of which the oldest is dropped, time
// limits that never cut a stream. Port 9300; any GET subscribes, any POST publishes to all.
'use strict';
const crypto = require('node:crypto');
const http = require('node:http');

const MAX_STREAMS = 50_000;
const MAX_QUEUE = 50;
const HEAD = {
  'Content-Type': 'text/event-stream',
  'Cache-Control': 'no-cache',
  Connection: 'keep-alive',
  'X-Accel-Buffering': 'no',
};

class Stream {
  constructor(response) {
    this.response = response;
    this.queue = [];
    this.draining = false;
  }

  push(event) {
    if (this.queue.length >= MAX_QUEUE) {
      this.queue.shift();
    }
    this.queue.push(event);
    if (!this.draining) {
      this.drain();
    }
  }

  drain() {
    this.draining = true;
    while (this.queue.length > 0) {
      if (!this.response.write(this.queue.shift())) {
        this.response.once('drain', () => this.drain());
        return;
      }
    }
    this.draining = false;
  }
}

const streams = new Map();
let lastId = 0;

function subscribe(request, response) {
  if (streams.size >= MAX_STREAMS) {
    response.writeHead(503, { 'Retry-After': '10' });
    response.end();
    return;
  }
  const id = crypto.randomUUID();
  response.writeHead(200, HEAD);
  response.flushHeaders();
  response.write(':ok\n\n');
  streams.set(id, new Stream(response));
  request.on('close', () => {
    streams.delete(id);
    response.end();
  });
}

function publish(request, response) {
  let body = '';
  request.on('data', (part) => {
    body += part;
  });
  request.on('end', () => {
    const event = `id: ${++lastId}\ndata: ${body}\n\n`;
    for (const stream of streams.values()) {
      stream.push(event);
    }
    response.writeHead(200, { 'Content-Length': 0 });
    response.end();
  });
}

const server = http.createServer((request, response) =>
  request.method === 'POST' ? publish(request, response) : subscribe(request, response),
);
server.keepAliveTimeout = 65_000;
server.headersTimeout = 70_000;
server.requestTimeout = 0;
server.maxConnections = 130_000;
server.listen(9300, '127.0.0.1', 4096);
