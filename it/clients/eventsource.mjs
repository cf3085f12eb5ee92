// eventsource, the one that most Node programs have.
import { EventSource } from 'eventsource';
import { meet, outcome } from './lib/program.mjs';
import { byHeader, resume } from './lib/resume.mjs';

const gateway = await meet();

const subscribe = (url, received) =>
  new Promise(resolve => {
    const source = new EventSource(url);
    source.onopen = resolve;
    source.onmessage = event => received(event.data);
  });

await resume(gateway, 'eventsource', subscribe, byHeader);
outcome('1 resumed');
