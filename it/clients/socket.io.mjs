// socket.io, server and client.
//
// Arguments: how many servers there are, and what is done.
//   rooms    clients begin by polling, become WebSockets, and talk in a room
//   connects clients connect one after the other, by polling alone, as fast as they can
import assert from 'node:assert/strict';
import http from 'node:http';
import { Server } from 'socket.io';
import { io } from 'socket.io-client';
import { listen, meet, outcome, until } from './lib/program.mjs';

const MEMBERS = 10;
const CONNECTS = 100;
const [servers, what] = process.argv.slice(2);

async function start(number) {
  const backend = await listen(http.createServer());
  const server = new Server(backend, { cookie: { name: 'io' } });
  server.on('connection', socket => {
    socket.emit('server', number);
    socket.on('join', (room, joined) => {
      socket.join(room);
      joined();
    });
    socket.on('say', (room, text) => socket.to(room).emit('said', text));
  });
  return backend;
}

const backends = await Promise.all(Array.from({ length: Number(servers) }, (_, i) => start(i)));
const gateway = await meet(...backends);

function connect(options) {
  // Cookies are kept, as in a page.
  const asPage = { forceNew: true, reconnection: false, withCredentials: true };
  const socket = io(gateway.url, { ...asPage, ...options });
  return new Promise((resolve, reject) => {
    const upgraded = new Promise(done => {
      socket.io.once('open', () => socket.io.engine.once('upgrade', done));
    });
    socket.once('connect_error', reject);
    socket.once('server', number => resolve({ socket, upgraded, number }));
  });
}

async function rooms() {
  const members = await Promise.all(
    Array.from({ length: MEMBERS }, () => connect({ transports: ['polling', 'websocket'] })));
  const upgrades = await Promise.all(members.map(member => member.upgraded));
  assert(upgrades.every(transport => transport.name === 'websocket'));
  const heard = members.map(() => []);
  members.forEach(({ socket }, i) => socket.on('said', text => heard[i].push(text)));
  const inRoom = members.filter((_, i) => i % 2 === 0);
  await Promise.all(inRoom.map(({ socket }) => socket.emitWithAck('join', 'even')));
  for (const { socket } of inRoom) {
    socket.emit('say', 'even', `from ${socket.id}`);
  }
  const others = ({ socket }) => inRoom.map(member => member.socket.id).filter(id => id !== socket.id);
  const expected = members.map((member, i) => (i % 2 ? [] : others(member).map(id => `from ${id}`)));
  const count = lists => lists.flat().length;
  await until('everybody heard the others', () => count(heard) >= count(expected));
  assert.deepEqual(heard.map(list => list.sort()), expected.map(list => list.sort()));
  outcome(`${MEMBERS} upgraded`);
}

async function connects() {
  const reached = new Set();
  for (let i = 0; i < CONNECTS; i++) {
    const { socket, number } = await connect({ transports: ['polling'] });
    reached.add(number);
    await socket.emitWithAck('join', 'any');
    socket.disconnect();
  }
  outcome(`${CONNECTS} connected to ${reached.size}`);
}

await { rooms, connects }[what]();
