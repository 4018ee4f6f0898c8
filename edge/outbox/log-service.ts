/** Answers what the outbox asks of its log, one request after the other. It may wait for the disk. */
import { lanes } from '../../devices/wire.ts';
import type { Disk } from './disk.ts';
import { OutboxLog } from './log.ts';
import type { Machine } from './machine.ts';
import type { LaneState, LogState, Reply, Request, WorkerSetup } from './protocol.ts';

/** At most this often between commits. */
const TIDY_EVERY_MS = 50;

export interface LogService {
  setup: WorkerSetup;
  disk: Disk;
  machine: Machine;
  reply(message: Reply, transfer?: ArrayBuffer[]): void;
  /** The log is closed: nothing more will be asked. */
  end(): void;
}

function transferable(bytes: Uint8Array): ArrayBuffer[] {
  return bytes.buffer instanceof ArrayBuffer ? [bytes.buffer] : [];
}

function handlerOf(
  log: OutboxLog,
  { reply, end, after }: Omit<LogService, 'setup' | 'disk' | 'machine'> & Pick<Machine, 'after'>,
  fail: (error: unknown) => void,
  setNow: (now: number) => void,
): (request: Request) => void {
  const laneState = (name: 'alarm' | 'bulk'): LaneState => {
    const { last, acknowledged, waiting } = log.lanes[name];
    return { last, acknowledged, waiting };
  };
  const state = (): LogState => ({
    lanes: { alarm: laneState('alarm'), bulk: laneState('bulk') },
    bytes: log.bytes,
    full: log.full,
    commits: log.commits,
    givenUp: log.lanes.givenUp,
  });

  let spent: Uint8Array[] = [];
  let toldFull = log.full;
  let toldGivenUp = log.lanes.givenUp;
  let tidyDue = false;
  const tidySoon = () => {
    if (tidyDue) return;
    tidyDue = true;
    after(TIDY_EVERY_MS, () => {
      tidyDue = false;
      log.tidy().catch(fail);
    });
  };

  const handle = (request: Request): void => {
    if ('now' in request) setNow(request.now);
    switch (request.type) {
      case 'commit': {
        const { refused, stateKept } = log.commit(request.batch);
        // Buffers of the commit before this one go back: those of this one are still needed for the chain.
        const buffers = spent;
        const told = { type: 'committed', refused, stateKept, buffers } as const;
        const news = refused > 0 || log.full !== toldFull || log.lanes.givenUp !== toldGivenUp;
        toldFull = log.full;
        toldGivenUp = log.lanes.givenUp;
        reply(news ? { ...told, log: state() } : told, buffers.flatMap(transferable));
        log.finish();
        spent = lanes.flatMap((name) => request.batch.lines[name]?.bytes ?? []);
        tidySoon();
        return;
      }
      case 'read': {
        const { id, lane, after, records, bytes } = request;
        const read = log.read(lane, after, { records, bytes });
        const lines = new Uint8Array(read.bytes);
        let at = 0;
        for (const line of read.lines) {
          lines.set(line, at);
          at += line.length;
        }
        reply({ type: 'read', id, records: read.records, first: read.first, last: read.last, lines }, [
          lines.buffer,
        ]);
        return;
      }
      case 'acknowledge': {
        const fits = log.acknowledge(request.lane, request.sequence, request.chain);
        reply({ type: 'acknowledged', id: request.id, fits, log: state() });
        return;
      }
      case 'tidy':
        log.tidy().then(() => reply({ type: 'tidied', log: state() }), fail);
        return;
      case 'close':
        log.close().then(() => {
          reply({ type: 'closed' });
          end();
        }, fail);
    }
  };

  reply({
    type: 'ready',
    epoch: log.epoch,
    nextSequence: log.nextSequence,
    newestAt: log.newestAt,
    state: [...log.state],
    setAside: log.setAside,
    log: state(),
  });
  return (request) => {
    try {
      handle(request);
    } catch (error) {
      fail(error);
    }
  };
}

/** Opens the log and says `ready`, or why not; the answer takes each request. */
export function serveLog({ setup, disk, machine, reply, end }: LogService): (request: Request) => void {
  const fail = (error: unknown): void => {
    const code = error instanceof Error && 'code' in error ? String(error.code) : undefined;
    reply({ type: 'failed', message: error instanceof Error ? error.message : String(error), code });
  };
  let now = setup.now;
  try {
    const log = new OutboxLog({
      ...setup,
      disk,
      machine,
      now: () => now,
      onLoss: (_lane, notice) => reply({ type: 'lost', notice }),
      onStated: (lane) => reply({ type: 'stated', lane }),
    });
    return handlerOf(log, { reply, end, after: machine.after }, fail, (newer) => {
      now = newer;
    });
  } catch (error) {
    fail(error);
    return () => undefined;
  }
}
