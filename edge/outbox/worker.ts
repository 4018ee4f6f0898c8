/** The thread that owns the log: it may wait for the disk, the gateway's thread never does. */
import { parentPort, workerData } from 'node:worker_threads';
import { realDisk } from './disk.ts';
import { serveLog } from './log-service.ts';
import { realMachine } from './machine.ts';
import type { Request } from './protocol.ts';

if (parentPort === null) throw new Error('outbox worker: to be started as a worker');
const port = parentPort;
const handle = serveLog({
  setup: workerData,
  disk: realDisk,
  machine: realMachine,
  reply: (message, transfer = []) => port.postMessage(message, transfer),
  end: () => port.close(),
});
port.on('message', (request: Request) => handle(request));
