import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SimulatedReader } from '../../simulators/devices/osdp-reader/reader.ts';
import { commandId } from './command.ts';
import { readFrame } from './frame.ts';
import { OsdpFrameReader } from './frame-reader.ts';
import { nextTurn } from './line-turns.ts';
import { heard, ordered, turn, unanswered } from './reader-machine.ts';
import {
  initialReader,
  MAX_ORDERS,
  OFFLINE_MS,
  type Order,
  REPLY_MS,
  type ReaderEvent,
  type ReaderSettings,
  type ReaderState,
} from './reader-state.ts';

const ownKey = Uint8Array.from({ length: 16 }, (_, index) => index * 7);

interface Sent {
  atMs: number;
  reader: number;
  bytes: Buffer;
}

/** The pure functions on one side, simulated readers on the other, and a time that passes when it is told to. */
class Stand {
  nowMs = 0;
  readonly events: { reader: number; event: ReaderEvent; atMs: number }[] = [];
  readonly sent: Sent[] = [];
  readonly states: ReaderState[];
  readonly settings: ReaderSettings[];
  readonly readers: SimulatedReader[];
  /** What comes back instead of the answers; undefined: the answers. */
  disturb: ((answer: Buffer) => Buffer[]) | undefined;
  private readonly frames = new OsdpFrameReader();
  private lastOrder = 0;

  constructor(readers: SimulatedReader[], settings: Partial<ReaderSettings> = {}) {
    this.readers = readers;
    this.settings = readers.map(({ address }) => ({
      address,
      check: 'crc',
      security: 'required',
      baseKey: ownKey,
      isInstalled: true,
      ...settings,
    }));
    this.states = this.settings.map(initialReader);
  }

  run(forMs: number): this {
    const untilMs = this.nowMs + forMs;
    while (this.nowMs < untilMs) {
      const next = nextTurn(this.states, this.nowMs);
      if ('waitMs' in next) this.nowMs = Math.min(untilMs, this.nowMs + next.waitMs);
      else this.exchange(next.reader);
    }
    return this;
  }

  private exchange(index: number): void {
    const state = this.states[index];
    const settings = this.settings[index];
    if (state === undefined || settings === undefined) throw new Error(`no reader ${index}`);
    const { send, ...made } = turn(state, settings, this.nowMs, randomBytes);
    this.take(index, made);
    if (send === undefined) return;
    this.sent.push({ atMs: this.nowMs, reader: index, bytes: Buffer.from(send) });
    const answers = this.readers.flatMap((reader) => {
      reader.quiet();
      return reader.hear(send);
    });
    const heardBytes = this.disturb === undefined ? answers : answers.flatMap(this.disturb);
    let isAnswered = false;
    for (const received of [
      ...heardBytes.flatMap((bytes) => this.frames.take(bytes)),
      ...this.frames.giveUp(),
    ]) {
      const now = this.states[index];
      if (now === undefined) break;
      const { isAnswer, ...taken } = heard(now, settings, received, this.nowMs);
      this.take(index, taken);
      isAnswered ||= isAnswer;
    }
    this.nowMs += isAnswered ? 10 : REPLY_MS;
    const after = this.states[index];
    if (!isAnswered && after !== undefined) this.take(index, unanswered(after, this.nowMs));
  }

  private take(reader: number, { state, events }: { state: ReaderState; events: ReaderEvent[] }): void {
    this.states[reader] = state;
    this.events.push(...events.map((event) => ({ reader, event, atMs: this.nowMs })));
  }

  order(order: Omit<Order, 'id' | 'expiresAtMs'>, reader = 0, lifetimeMs = 5_000): number | undefined {
    const state = this.states[reader];
    const id = ++this.lastOrder;
    const made = state && ordered(state, { ...order, id, expiresAtMs: this.nowMs + lifetimeMs }, this.nowMs);
    if (made === undefined) return undefined;
    this.take(reader, made);
    return id;
  }

  types(reader = 0): string[] {
    return this.events.filter((entry) => entry.reader === reader).map(({ event }) => event.type);
  }

  cards(reader = 0): string[] {
    return this.events.flatMap(({ event, reader: from }) =>
      from === reader && event.type === 'said' && event.reply.kind === 'card'
        ? [Buffer.from(event.reply.data).toString('hex')]
        : [],
    );
  }

  outcomes(): Record<number, string> {
    return Object.fromEntries(
      this.events.flatMap(({ event }) => (event.type === 'ordered' ? [[event.order, event.outcome]] : [])),
    );
  }
}

const installed = (address = 1) => new SimulatedReader({ address, key: Buffer.from(ownKey), now: () => 0 });
const lock = {
  about: 'output:0',
  command: { kind: 'output' as const, orders: [{ output: 0, action: 'off' as const, tenths: 0 }] },
  readback: { output: 0, isOn: false },
};
const unlock = {
  about: 'output:0',
  command: { kind: 'output' as const, orders: [{ output: 0, action: 'on' as const, tenths: 0 }] },
  readback: { output: 0, isOn: true },
};

describe('a reader that knows its key', () => {
  test('is online over a secure channel, without ever being asked in clear what it may not answer', () => {
    const reader = installed();
    const stand = new Stand([reader]).run(300);
    expect(stand.types().filter((type) => type !== 'said')).toEqual(['online']);
    expect(stand.events[0]?.event).toMatchObject({ isSecure: true });
    expect(reader.isSecure).toBe(true);
    expect(reader.figures.refusals).toBe(0);
  });

  test('is polled every 50 ms', () => {
    const stand = new Stand([installed()]).run(1_000);
    const before = stand.sent.length;
    stand.run(1_000);
    // 10 ms for each exchange and 50 between.
    expect(stand.sent.length - before).toBeGreaterThanOrEqual(16);
    expect(stand.sent.length - before).toBeLessThanOrEqual(20);
  });

  test('tells its state once it is online: tamper, inputs, outputs', () => {
    const reader = installed();
    reader.tamper(true);
    const stand = new Stand([reader]).run(500);
    const said = stand.events.flatMap(({ event }) => (event.type === 'said' ? [event.reply] : []));
    expect(said).toContainEqual({ kind: 'local-status', isTampered: true, hasPowerFailed: false });
    expect(said).toContainEqual({ kind: 'input-status', inputs: [false, false] });
    expect(said).toContainEqual({ kind: 'output-status', outputs: [false] });
  });

  test('is heard: cards and keys, each once and in order', () => {
    const reader = installed();
    const stand = new Stand([reader]).run(300);
    reader.present('123-45678');
    reader.press('12#');
    reader.present('04a1b2c3');
    stand.run(500);
    const said = stand.events.flatMap(({ event }) =>
      event.type === 'said' && (event.reply.kind === 'card' || event.reply.kind === 'keys')
        ? [event.reply.kind]
        : [],
    );
    expect(said).toEqual(['card', 'keys', 'card']);
    expect(stand.cards()[1]).toBe('04a1b2c3');
  });
});

describe('a repeated command', () => {
  test('has the same sequence and the same bytes, and a card is heard once though its answer was lost', () => {
    const reader = installed();
    const stand = new Stand([reader]).run(300);
    reader.present('04a1b2c3');
    reader.faults.loseReplies = 2;
    const from = stand.sent.length;
    stand.run(1_000);
    const [first, second, third, fourth] = stand.sent.slice(from).map(({ bytes }) => bytes.toString('hex'));
    expect(second).toBe(first);
    expect(third).toBe(first);
    expect(fourth).not.toBe(first);
    expect(reader.figures.repeats).toBe(2);
    expect(stand.cards()).toEqual(['04a1b2c3']);
    expect(stand.types()).not.toContain('offline');
  });

  test('after a damaged answer is answered from the reader’s memory, so that the chain of MACs holds', () => {
    const reader = installed();
    const stand = new Stand([reader]).run(300);
    reader.press('7');
    reader.faults.damageReplies = 3;
    stand.run(2_000);
    expect(reader.figures.handshakes).toBe(1);
    expect(
      stand.events.filter(({ event }) => event.type === 'said' && event.reply.kind === 'keys'),
    ).toHaveLength(1);
  });

  test('goes out again after a while to a reader that is busy', () => {
    const reader = installed();
    const stand = new Stand([reader]).run(300);
    reader.faults.busy = 6;
    reader.present('04a1b2c3');
    stand.run(2_000);
    expect(stand.cards()).toEqual(['04a1b2c3']);
    expect(reader.figures.handshakes).toBe(1);
  });
});

describe('a reader that goes', () => {
  test('is offline after eight seconds without a word, once, and online again when it is back', () => {
    const reader = installed();
    const stand = new Stand([reader]).run(1_000);
    reader.isPowered = false;
    stand.run(OFFLINE_MS - 500);
    expect(stand.types()).not.toContain('offline');
    stand.run(10_000);
    expect(stand.types().filter((type) => type === 'offline')).toHaveLength(1);
    reader.reboot();
    reader.isPowered = true;
    stand.run(2_000);
    expect(stand.types().filter((type) => type !== 'said')).toEqual(['online', 'offline', 'online']);
  });

  test('and is back soon has only to shake hands again', () => {
    const reader = installed();
    const stand = new Stand([reader]).run(1_000);
    reader.reboot();
    stand.run(2_000);
    reader.present('04a1b2c3');
    stand.run(500);
    expect(reader.figures.handshakes).toBe(2);
    expect(stand.types()).not.toContain('offline');
    expect(stand.cards()).toEqual(['04a1b2c3']);
  });
});

describe('keys', () => {
  test('a new reader gets its own key over the channel with the known one, and then shows that it has it', () => {
    const reader = new SimulatedReader({ address: 1, now: () => 0 });
    const stand = new Stand([reader], { isInstalled: false }).run(1_000);
    expect(reader.key?.equals(Buffer.from(ownKey))).toBe(true);
    expect(stand.types().filter((type) => type !== 'said')).toEqual(['key-installed', 'online']);
    expect(reader.isSecure).toBe(true);
    expect(reader.figures.handshakes).toBe(2);
  });

  test('a reader that was given its key when this machine stopped needs no second installation', () => {
    const reader = installed();
    const stand = new Stand([reader], { isInstalled: false }).run(1_000);
    expect(stand.types().filter((type) => type !== 'said')).toEqual(['key-installed', 'online']);
    expect(reader.figures.handshakes).toBe(1);
  });

  test('a reader that does not take its key is said not to, once', () => {
    const reader = new SimulatedReader({ address: 1, now: () => 0 });
    const stand = new Stand([reader], { isInstalled: false, baseKey: ownKey.slice(0, 15) }).run(20_000);
    const told = stand.events.flatMap(({ event }) => (event.type === 'key-refused' ? [event.detail] : []));
    expect(told).toEqual(['the new key: key-set refused: can-not-process (9)']);
    expect(stand.types()).not.toContain('online');
  });

  test('a reader with another key is never online, and that is told once', () => {
    const reader = new SimulatedReader({ address: 1, key: randomBytes(16), now: () => 0 });
    const stand = new Stand([reader]);
    reader.present('04a1b2c3');
    stand.run(30_000);
    expect(stand.types()).toEqual(['key-refused']);
    expect(stand.events[0]?.event).toMatchObject({ wasInstalled: true });
    expect(stand.cards()).toEqual([]);
  });

  test('an installed reader that only knows the key that everybody knows is another reader', () => {
    const stand = new Stand([new SimulatedReader({ address: 1, now: () => 0 })]).run(30_000);
    expect(stand.types()).toEqual(['key-refused']);
    const offered = stand.sent.filter(({ bytes }) => bytes[8] === commandId['key-set']);
    expect(offered).toEqual([]);
  });

  test('a reader that is exchanged while online is offline at once, and its key is said not to fit', () => {
    const reader = installed();
    const stand = new Stand([reader]).run(1_000);
    reader.reset();
    stand.run(3_000);
    const told = stand.events.filter(({ event }) => event.type !== 'said' && event.type !== 'unusable');
    expect(told.map(({ event }) => event)).toMatchObject([
      { type: 'online' },
      { type: 'offline', because: 'key' },
      { type: 'key-refused', wasInstalled: true },
    ]);
  });

  test('a reader without a secure channel works only where that is said, and then says so', () => {
    const plain = () => new SimulatedReader({ address: 1, hasSecurity: false, now: () => 0 });
    const refused = new Stand([plain()], { isInstalled: false }).run(3_000);
    expect(refused.types()).toEqual(['key-refused']);
    const reader = plain();
    const taken = new Stand([reader], { security: 'none' }).run(500);
    reader.present('04a1b2c3');
    taken.run(500);
    expect(taken.events[0]?.event).toMatchObject({ type: 'online', isSecure: false });
    expect(taken.cards()).toEqual(['04a1b2c3']);
    // And one that has a channel and wants it is not taken for an exchanged one.
    const wanting = new Stand([new SimulatedReader({ address: 1, now: () => 0 })], { security: 'none' }).run(
      20_000,
    );
    expect(
      wanting.events.filter(({ event }) => event.type === 'key-refused').map(({ event }) => event),
    ).toMatchObject([{ wasInstalled: false }]);
  });
});

describe('what comes in clear', () => {
  test('a card is not believed while there is a secure channel', () => {
    const reader = installed();
    const stand = new Stand([reader]).run(1_000);
    const forged = (answer: Buffer): Buffer[] => {
      const read = readFrame(answer);
      if ('refused' in read) return [];
      const forger = new SimulatedReader({ address: 1, enforcesSecurity: false, now: () => 0 });
      forger.present('0badcafe');
      // A poll of its own, whose answer is put on the line in place of the real one.
      const poll = Buffer.from('5301080004600000', 'hex');
      const sequenced = Buffer.from(poll);
      sequenced[4] = 4;
      return forger.hear(withCrc(sequenced)).map((bytes) => {
        bytes[4] = ((bytes[4] ?? 0) & ~3) | read.frame.sequence;
        return withCrc(bytes);
      });
    };
    stand.disturb = forged;
    stand.run(1_000);
    expect(stand.cards()).toEqual([]);
    expect(stand.types()).toContain('unusable');
  });

  test('a status under the panel’s own block is taken, as some readers send it', () => {
    const reader = installed();
    reader.faults.plainStatus = true;
    const stand = new Stand([reader]).run(500);
    reader.tamper(true);
    stand.run(500);
    const last = stand.events.findLast(
      ({ event }) => event.type === 'said' && event.reply.kind === 'local-status',
    );
    expect(last?.event).toMatchObject({ reply: { isTampered: true } });
    expect(stand.types()).not.toContain('unusable');
  });
});

function withCrc(bytes: Buffer): Buffer {
  const made = Buffer.from(bytes);
  let crc = 0x1d0f;
  for (const byte of made.subarray(0, -2)) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit++) crc = ((crc << 1) ^ (crc & 0x8000 ? 0x1021 : 0)) & 0xffff;
  }
  made.writeUInt16LE(crc, made.length - 2);
  return made;
}

describe('orders', () => {
  test('to a relay are done when the reader itself reports it', () => {
    const reader = installed();
    const stand = new Stand([reader]).run(300);
    const id = stand.order(unlock) ?? 0;
    stand.run(100);
    expect(reader.output(0)).toBe(true);
    expect(stand.outcomes()).toEqual({ [id]: 'done' });
  });

  test('to a relay that sticks are not done, and die in time', () => {
    const reader = installed();
    reader.faults.stuckRelay = true;
    const stand = new Stand([reader]).run(300);
    const id = stand.order(unlock, 0, 2_000) ?? 0;
    stand.run(1_900);
    expect(stand.outcomes()).toEqual({});
    stand.run(500);
    expect(stand.outcomes()).toEqual({ [id]: 'expired' });
    expect(stand.types()).not.toContain('offline');
  });

  test('to a reader that is away wait, and die where it stays away', () => {
    const reader = installed();
    const stand = new Stand([reader]).run(300);
    reader.isPowered = false;
    const short = stand.order(unlock, 0, 1_000) ?? 0;
    const long = stand.order({ ...unlock, about: 'output:0 again' }, 0, 30_000) ?? 0;
    stand.run(12_000);
    expect(stand.outcomes()).toEqual({ [short]: 'expired' });
    reader.reboot();
    reader.isPowered = true;
    stand.run(5_000);
    expect(stand.outcomes()).toEqual({ [short]: 'expired', [long]: 'done' });
  });

  test('that the reader can not do are refused, and the conversation goes on', () => {
    const reader = installed();
    const stand = new Stand([reader]).run(300);
    const id =
      stand.order({
        about: 'output:9',
        command: { kind: 'output', orders: [{ output: 9, action: 'on', tenths: 0 }] },
      }) ?? 0;
    const light =
      stand.order({
        about: 'led',
        command: {
          kind: 'led',
          orders: [
            {
              reader: 0,
              led: 0,
              temporary: 'none',
              permanent: { onTenths: 1, offTenths: 0, on: 'amber', off: 'off' },
            },
          ],
        },
      }) ?? 0;
    stand.run(300);
    expect(stand.outcomes()).toEqual({ [id]: 'refused', [light]: 'done' });
    expect(reader.light).toBe('amber');
    expect(reader.figures.handshakes).toBe(1);
  });

  test('are bounded', () => {
    const stand = new Stand([installed()]);
    for (let count = 0; count < MAX_ORDERS; count++)
      expect(stand.order({ ...unlock, about: String(count) })).toBeDefined();
    expect(stand.order(unlock)).toBeUndefined();
  });

  test('about the same thing: the newest counts, whether the older one waits, is under way or is taken', () => {
    for (const between of [0, 10, 20, 60, 400]) {
      const reader = installed();
      const stand = new Stand([reader]).run(300);
      reader.faults.stuckRelay = between === 400;
      const first = stand.order(unlock) ?? 0;
      stand.run(between);
      reader.faults.stuckRelay = false;
      const second = stand.order(lock) ?? 0;
      stand.run(1_000);
      expect(reader.output(0)).toBe(false);
      expect(stand.outcomes()[second]).toBe('done');
      expect(['done', 'superseded']).toContain(stand.outcomes()[first]);
    }
  });
});

describe('several readers on one line', () => {
  test('each get their turn, though one is slow to go and two are not there', () => {
    const readers = [1, 2, 3, 4, 5].map(installed);
    for (const index of [1, 3]) {
      const reader = readers[index];
      if (reader !== undefined) reader.isPowered = false;
    }
    const stand = new Stand(readers).run(3_000);
    const from = stand.sent.length;
    stand.run(10_000);
    const turns = [0, 1, 2, 3, 4].map(
      (reader) => stand.sent.slice(from).filter((entry) => entry.reader === reader).length,
    );
    const [first = 0, second = 0, third = 0, fourth = 0, fifth = 0] = turns;
    // Those who are there: as often as one another. Those who are not: seldom, but asked.
    expect(Math.max(first, third, fifth) - Math.min(first, third, fifth)).toBeLessThanOrEqual(2);
    expect(first).toBeGreaterThan(60);
    for (const missing of [second, fourth]) {
      expect(missing).toBeGreaterThan(4);
      expect(missing).toBeLessThanOrEqual(11);
    }
    // Nobody who answers waits longer than one time-out and everybody's turn.
    for (const reader of [0, 2, 4]) {
      const times = stand.sent.slice(from).flatMap((entry) => (entry.reader === reader ? [entry.atMs] : []));
      const gaps = times.slice(1).map((at, index) => at - (times[index] ?? at));
      expect(Math.max(...gaps)).toBeLessThanOrEqual(REPLY_MS + 100);
    }
  });

  test('whatever the line does to the answers, no card is heard twice and none that was not shown', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('good', 'lost', 'damaged', 'doubled', 'noise' as const), {
          minLength: 20,
          maxLength: 60,
        }),
        (fates) => {
          const reader = installed();
          const stand = new Stand([reader]).run(300);
          const shown = ['04a1b2c3', '0badcafe', '11223344'];
          for (const card of shown) reader.present(card);
          let at = 0;
          stand.disturb = (answer) => {
            switch (fates[at++] ?? 'good') {
              case 'lost':
                return [];
              case 'damaged':
                return [Buffer.concat([answer.subarray(0, 6), Buffer.from([0]), answer.subarray(7)])];
              case 'doubled':
                return [answer, answer];
              case 'noise':
                return [Buffer.from([0x53, 0x01, 0x10]), answer];
              default:
                return [answer];
            }
          };
          stand.run(20_000);
          const heardCards = stand.cards();
          expect(new Set(heardCards).size).toBe(heardCards.length);
          expect(shown.filter((card) => heardCards.includes(card))).toEqual(heardCards);
          expect(stand.states[0]?.isOnline).toBe(true);
        },
      ),
      { numRuns: 15 },
    );
  });
});
