// What any client of event streams has to stand: its connection is cut, and it misses nothing.
import assert from 'node:assert/strict';
import { Relay } from './relay.mjs';
import { until } from './program.mjs';

const CUTS = 3;
const BETWEEN = 10;

/**
 * Subscribes to a topic, and cuts the connection again and again while events are published.
 *
 * @param gateway from `meet`
 * @param topic nobody else's
 * @param subscribe `(url, received) => promise`, fulfilled when the stream is open; `received` takes
 *   the data of an event
 * @param resumes whether the head of a request says where to go on
 */
export async function resume(gateway, topic, subscribe, resumes) {
  const relay = await Relay.to(gateway.url);
  const published = [];
  const received = [];
  const publish = async () => {
    const data = `${topic} ${published.length} ü€😀`;
    published.push(data);
    const answer = await fetch(`${gateway.admin}/events/${topic}`, { method: 'POST', body: data });
    assert.equal(answer.status, 200);
  };
  await subscribe(`${relay.url}/events/${topic}`, data => received.push(data));
  for (let cut = 0; cut < CUTS; cut++) {
    for (let i = 0; i < BETWEEN; i++) {
      await publish();
    }
    await until(`${topic} has all before cut ${cut}`, () => received.length >= published.length);
    if (cut % 2) {
      relay.cutInAnEvent();
    } else {
      relay.cut();
    }
    for (let i = 0; i < BETWEEN; i++) {
      await publish();
    }
    await until(`${topic} has all after cut ${cut}`, () => received.length >= published.length);
  }
  await publish();
  await until(`${topic} has the last one`, () => received.at(-1) === published.at(-1));
  assert.deepEqual(received, published);
  assert(relay.heads.length > CUTS, `${topic} came ${relay.heads.length} times`);
  for (const head of relay.heads.slice(1)) {
    assert(resumes(head), `does not resume: ${head}`);
  }
}

/** Whether a request has the header that standard clients resume with. */
export const byHeader = head => /^Last-Event-ID: \S/im.test(head);
