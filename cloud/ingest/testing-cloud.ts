/** A cloud of ingest and store only, as a process that can be killed. Settings as JSON in the first argument. */
import { writeSync } from 'node:fs';
import { join } from 'node:path';
import { serve } from '@hono/node-server';
import { z } from 'zod';
import { systemClock } from '../../devices/model/clock.ts';
import { openSqliteStore } from '../store/sqlite.ts';
import { createCredentials } from './credentials.ts';
import { httpIngest } from './http.ts';
import { createIngest } from './ingest.ts';
import { openMqttFront } from './mqtt.ts';
import { testCredential } from './testing.ts';

const { directory, mqttPort, httpPort } = z
  .strictObject({ directory: z.string(), mqttPort: z.number(), httpPort: z.number() })
  .parse(JSON.parse(process.argv[2] ?? '{}'));
const ending = new AbortController();
const clock = systemClock;
const store = openSqliteStore({ file: join(directory, 'store.sqlite'), clock, sitesOf: () => [] });
const credentials = createCredentials([testCredential]);
const ingest = createIngest({ store, credentials, clock }, ending.signal);
const front = await openMqttFront(
  { ingest, credentials, store, clock, plain: { port: mqttPort } },
  ending.signal,
);
const server = serve({
  fetch: httpIngest({ ingest, credentials }, ending.signal).fetch,
  hostname: '127.0.0.1',
  port: httpPort,
});
process.on('SIGTERM', async () => {
  ending.abort();
  server.close();
  await front.close();
  await store.close();
  process.exit(0);
});
writeSync(1, 'ready\n');
