import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type CloudRig, eventually, type Person, startRig } from '../testing.ts';
import { streamEvent } from './answers.ts';
import { AssetUpdates, TELL_EVERY_MS } from './asset-updates.ts';
import type { StreamEvent } from './contract.ts';
import { LiveStream, MAX_BEHIND_BYTES, MAX_KEPT_EVENTS, MAX_STREAMS_PER_SESSION } from './stream.ts';

interface Heard {
  id: string;
  event: StreamEvent;
}

/** A reader of the stream, as a browser is one. */
class Listener {
  readonly heard: Heard[] = [];
  readonly #ending = new AbortController();
  ended = false;
  status = 0;

  static async open(person: Person, lastEventId?: string): Promise<Listener> {
    const listener = new Listener();
    const response = await person.stream(listener.#ending.signal, lastEventId);
    listener.status = response.status;
    void listener.#read(response).finally(() => {
      listener.ended = true;
    });
    return listener;
  }

  get types(): string[] {
    return this.heard.map(({ event }) => event.type);
  }

  /** The connection breaks. */
  cut(): void {
    this.#ending.abort();
  }

  async #read(response: Response): Promise<void> {
    let text = '';
    const decoder = new TextDecoder();
    try {
      for await (const chunk of response.body ?? []) {
        text += decoder.decode(chunk, { stream: true });
        const frames = text.split('\n\n');
        text = frames.pop() ?? '';
        for (const frame of frames) this.#take(frame);
      }
    } catch {
      // Cut.
    }
  }

  #take(frame: string): void {
    const fields = new Map(
      frame.split('\n').map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]),
    );
    const type = fields.get('event');
    if (type === undefined) return;
    const data: unknown = JSON.parse(fields.get('data') ?? '');
    this.heard.push({ id: fields.get('id') ?? '', event: streamEvent.parse({ type, data }) });
  }
}

let rig: CloudRig;
let person: Person;
beforeAll(async () => {
  rig = await startRig();
  person = await rig.as('operator');
});
afterAll(() => rig.stop());

let minutes = 0;
/** Something that every desk hears of. Far apart, so that each is an incident of its own. */
async function happen(name: string): Promise<void> {
  minutes += 600;
  await rig.gateway.send(
    rig.gateway.detection(name, Date.now() - 40 * 24 * 3_600_000 + minutes * 60_000, { rule: name }),
  );
}

const incidentsOf = ({ heard }: Listener): string[] =>
  heard.flatMap(({ event }) => (event.type === 'incident' ? [event.data.id] : []));

test('what happens is told to everybody who watches: the incident, its site, the asset', async () => {
  const listeners = [await Listener.open(person), await Listener.open(await rig.as('auditor'))];
  await happen('told');
  await rig.gateway.send(
    rig.gateway.observation({ kind: 'door.opened', asset: 'back-door', observedAt: Date.now() }),
  );
  for (const listener of listeners) {
    await eventually('all of it', () =>
      ['incident', 'site', 'asset'].every((type) => listener.types.includes(type)),
    );
    expect(listener.types[0]).toBe('clock');
    expect(listener.heard.find(({ event }) => event.type === 'asset')?.event.data).toMatchObject({
      site: 'linden',
      asset: 'back-door',
      state: { property: 'contact', value: 'open' },
    });
    expect(listener.heard.find(({ event }) => event.type === 'site')?.event.data).toMatchObject({
      id: 'linden',
      worst: 'high',
    });
    listener.cut();
  }
  expect(listeners[0]?.heard.map(({ id }) => id)).toEqual(listeners[1]?.heard.map(({ id }) => id));
});

test('a reader that comes back after a break gets what it missed, each once, in order', async () => {
  const before = await Listener.open(person);
  await happen('break-1');
  await eventually('the first', () => incidentsOf(before).length === 1);
  before.cut();
  await eventually('its end', () => before.ended);
  await happen('break-2');
  await happen('break-3');
  const whole = await Listener.open(person, before.heard.at(-1)?.id);
  await eventually('the others', () => incidentsOf(whole).length === 2);
  await happen('break-4');
  await eventually('what comes then', () => incidentsOf(whole).length === 3);
  const numbers = [...before.heard, ...whole.heard]
    .filter(({ event }) => event.type === 'incident')
    .map(({ id }) => Number(id.split('-')[1]));
  expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => a - b));
  expect(whole.types).not.toContain('restart');
  whole.cut();
});

test('a reader of another life of the process, and one that lies, are told to fetch afresh', async () => {
  for (const last of ['0123456789ab-5', 'nonsense', '-', '99999999999999999999', '0-0-0']) {
    const listener = await Listener.open(person, last);
    await eventually('a first word', () => listener.heard.length > 0);
    expect(listener.types[0]).toBe('restart');
    listener.cut();
  }
});

test('a stream ends with its session', async () => {
  const leaving = await rig.as('operator');
  const listener = await Listener.open(leaving);
  await eventually('a first word', () => listener.heard.length > 0);
  await leaving.send('/api/session', undefined, 'DELETE');
  await eventually('its end', () => listener.ended);
  const again = await Listener.open(leaving);
  expect(again.status).toBe(401);
});

test('a slow reader is cut, and the others hear everything', async () => {
  const keen = await Listener.open(person);
  const { hostname, port } = new URL(rig.address);
  const slow: Socket = connect({ host: hostname, port: Number(port) });
  let closed = false;
  slow.on('close', () => {
    closed = true;
  });
  slow.on('error', () => undefined);
  await once(slow, 'connect');
  slow.write(`GET /api/stream HTTP/1.1\r\nHost: ${hostname}\r\nCookie: ${person.cookie}\r\n\r\n`);
  await once(slow, 'data');
  // It stops reading. The machine's own buffers take some megabytes before anybody can tell.
  slow.pause();
  // A partner names things at length: each event is some kilobytes long.
  const assets = Array.from({ length: 32 }, (_, index) => `machine-${index}-${'x'.repeat(240)}`);
  await rig.gateway.send(rig.gateway.detection('flood', Date.now(), { rule: 'flood', assets }));
  const [incident] = await eventually('the incident', () => {
    const found = incidentsOf(keen);
    return found.length > 0 && found;
  });
  const readers = async () =>
    Number(/gatehouse_stream_readers (\d+)/.exec(await (await person.get('/metrics')).text())?.[1]);
  expect(await readers()).toBe(2);
  let sent = 0;
  while ((await readers()) > 1) {
    await Promise.all(
      Array.from({ length: 100 }, () => person.send(`/api/incidents/${incident}/note`, { text: 'again' })),
    );
    sent += 100;
    expect(sent, 'notes until it was cut').toBeLessThan(60_000);
  }
  const cut = /gatehouse_stream_cut_total (\d+)/.exec(await (await person.get('/metrics')).text())?.[1];
  expect(cut).toBe('1');
  slow.resume();
  await eventually('the connection is closed', () => closed);
  await eventually('all events', () => incidentsOf(keen).length >= sent + 1);
  const numbers = keen.heard.slice(1).map(({ id }) => Number(id.split('-')[1]));
  expect(numbers).toEqual(numbers.map((_, index) => (numbers[0] ?? 0) + index));
  keen.cut();
}, 120_000);

describe('the ring', () => {
  const clock = (now: number): StreamEvent => ({ type: 'clock', data: { now, rate: 1 } });
  const idsOf = async (body: ReadableStream<Uint8Array> | undefined, count: number): Promise<string[]> => {
    const ids: string[] = [];
    const reader = body?.getReader();
    while (ids.length < count) {
      const { value } = (await reader?.read()) ?? {};
      ids.push(...(new TextDecoder().decode(value).match(/^(?:id|event): .*$/gm) ?? []));
    }
    await reader?.cancel();
    return ids;
  };

  test('keeps a bounded number of events and says restart behind them', async () => {
    const stream = new LiveStream();
    stream.publish(clock(0));
    const [id = ''] = await idsOf(stream.open('s', undefined, clock(0)), 1);
    const life = id.slice('id: '.length).split('-')[0];
    for (let index = 0; index < MAX_KEPT_EVENTS + 10; index++) stream.publish(clock(index));
    const total = MAX_KEPT_EVENTS + 11;
    expect(await idsOf(stream.open('s', `${life}-${total - 2}`, clock(0)), 4)).toEqual([
      `id: ${life}-${total - 1}`,
      'event: clock',
      `id: ${life}-${total}`,
      'event: clock',
    ]);
    expect((await idsOf(stream.open('s', `${life}-5`, clock(0)), 2))[1]).toBe('event: restart');
    expect((await idsOf(stream.open('s', `${life}-${total + 1}`, clock(0)), 2))[1]).toBe('event: restart');
    expect(stream.size).toBe(0);
  });

  test('ends a reader that reads nothing once so many bytes wait for it', () => {
    const stream = new LiveStream();
    let cuts = 0;
    stream.open('s', undefined, clock(0), () => cuts++);
    const event: StreamEvent = { type: 'scenario', data: { id: 'x'.repeat(10_000), running: true } };
    for (let bytes = 0; bytes < MAX_BEHIND_BYTES - 20_000; bytes += 10_060) stream.publish(event);
    expect([cuts, stream.size]).toEqual([0, 1]);
    for (let more = 0; more < 5; more++) stream.publish(event);
    expect([cuts, stream.size, stream.counts.cut]).toEqual([1, 0, 1]);
  });

  test('has room for so many tabs of one session', () => {
    const stream = new LiveStream();
    for (let tab = 0; tab < MAX_STREAMS_PER_SESSION; tab++)
      expect(stream.open('s', undefined, clock(0))).toBeDefined();
    expect(stream.open('s', undefined, clock(0))).toBeUndefined();
    expect(stream.open('other', undefined, clock(0))).toBeDefined();
    stream.endSession('s');
    expect(stream.size).toBe(1);
  });
});

test('a flapping contact is told a few times a second, its last word always, and no other waits for it', async () => {
  const told: string[] = [];
  const updates = new AssetUpdates(({ asset, state }) => told.push(`${asset} ${state.value}`));
  const say = (asset: string, value: number) =>
    updates.take({ site: 's', asset, state: { property: 'contact', value, since: 0, seenAt: 0 } });
  for (let index = 0; index < 500; index++) say('door', index);
  say('window', 1);
  expect(told).toEqual(['door 0', 'window 1']);
  await eventually('the last word', () => told.includes('door 499'));
  expect(told).toEqual(['door 0', 'window 1', 'door 499']);
  expect(updates.overtaken).toBe(498);
  await new Promise((resolve) => setTimeout(resolve, 2 * TELL_EVERY_MS));
  say('door', 500);
  expect(told.at(-1)).toBe('door 500');
  updates.close();
});
