// event-source-polyfill, which resumes by a parameter of the query: by its default name, and by another one.
import polyfill from 'event-source-polyfill';
import { meet, outcome } from './lib/program.mjs';
import { resume } from './lib/resume.mjs';

const { EventSourcePolyfill } = polyfill;
const gateway = await meet();

const subscribe = options => (url, received) =>
  new Promise(resolve => {
    const source = new EventSourcePolyfill(url, options);
    source.onopen = resolve;
    source.onmessage = event => received(event.data);
  });
const byParameter = name => head => new RegExp(`^GET \\S+[?&]${name}=[^&\\s]+\\S* `).test(head);

await Promise.all([
  resume(gateway, 'polyfill', subscribe({}), byParameter('lastEventId')),
  resume(
    gateway,
    'polyfill-named',
    subscribe({ lastEventIdQueryParameterName: 'Last-Event-ID' }),
    byParameter('Last-Event-ID')),
]);
outcome('2 resumed');
