// @microsoft/fetch-event-source, which is made for pages: it asks `document` whether it is seen.
import { fetchEventSource } from '@microsoft/fetch-event-source';
import { meet, outcome } from './lib/program.mjs';
import { byHeader, resume } from './lib/resume.mjs';

globalThis.window = globalThis;
globalThis.document = { hidden: false, addEventListener() {}, removeEventListener() {} };
const gateway = await meet();

// It passes on blocks without data, too.
const subscribe = (url, received) =>
  new Promise((resolve, reject) => {
    fetchEventSource(url, {
      openWhenHidden: true,
      async onopen(answer) {
        resolve(answer);
      },
      onmessage: event => event.data && received(event.data),
    }).catch(reject);
  });

await resume(gateway, 'fetch', subscribe, byHeader);
outcome('1 resumed');
