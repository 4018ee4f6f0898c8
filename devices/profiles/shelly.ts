/**
 * Shelly, generation 2 and later (Plus, Pro, Gen3, Gen4), with its MQTT on.
 *
 * - `<prefix>/online`: `true` | `false`, last will
 * - `<prefix>/status/<component>:<id>`: a component's whole status (setting "generic status update")
 * - `<prefix>/events/rpc`: NotifyStatus (what has changed), NotifyFullStatus, NotifyEvent
 * - `<prefix>/rpc`: commands, JSON-RPC; the answer goes to `gatehouse/rpc` and is not needed: the status is the readback
 *
 * Source: Shelly's documentation for generation 2: Mqtt, Notifications, Input, Switch, Temperature,
 * Humidity, DevicePower. The prefix is the device's id unless somebody has chosen another (one or two levels).
 *
 * A NotifyStatus holds only what has changed, to be laid over the last status. Readings are taken from what
 * it holds, never from the overlay: an old temperature must not look measured anew.
 */
import {
  batteryPercent,
  button,
  type Capability,
  contact,
  Findings,
  humidity,
  online,
  relay,
  temperature,
  WATCHED_BY_LAST_WILL,
} from './capabilities.ts';
import { BoundedMap, tooMany } from './memory.ts';
import { field, isDeviceName, isObject, type JsonObject, objectOf, quote, textOf } from './payload.ts';
import type { Heard, Profile, ProfileResult } from './profile.ts';

const NAME = 'shelly';
/** A Shelly Pro 4 with every add-on has about thirty. */
const MAX_COMPONENTS = 64;
const MAX_EVENTS = 64;

/** What has to be remembered of a device between partial updates. */
interface Overlay {
  /** Components with mains beside their battery: a battery that is not fitted is told as 0 %. */
  externallyPowered: Set<string>;
}
type Memory = BoundedMap<Overlay>;

const component = /^(input|switch|temperature|humidity|devicepower):\d{1,3}$/;
const topicShape = /^((?:[^/]+\/)?[^/]+)\/(?:(online)|status\/([^/]+)|(events\/rpc))$/;
/** First levels that belong to other families, where a two-level prefix would be mistaken for a Shelly. */
const foreign = /^(?:node|zigbee2mqtt|homeassistant|tele|stat|cmnd|tasmota|frigate|gw)(?:\/|$)/;

/** Whether a topic has the shape of a Shelly's report. */
export const isShellyTopic = (topic: string): boolean => {
  const [, prefix, , status, rpc] = topicShape.exec(topic) ?? [];
  return (
    prefix !== undefined &&
    !foreign.test(prefix) &&
    (rpc !== undefined || (status !== undefined && component.test(status)))
  );
};

const connection = online({ online: ['true'], offline: ['false'] });
/** An input that is on means open; an assignment turns it round or gives it another meaning. */
const input = contact({ open: [true], closed: [false] });
const output = relay({ on: [true], off: [false] });
const percent = batteryPercent();
const pushed = button('button-pressed', ['single_push', 'double_push', 'triple_push', 'long_push']);
const simple: Record<string, { key: string; read: Capability }> = {
  input: { key: 'state', read: input },
  switch: { key: 'output', read: output },
  temperature: { key: 'tC', read: temperature() },
  humidity: { key: 'rh', read: humidity() },
};

function readComponent(part: string, status: unknown, overlay: Overlay, into: Findings): void {
  const kind = component.exec(part)?.[1];
  if (kind === undefined) return;
  if (!isObject(status)) {
    into.refuse(part, `${quote(status)} is no status`);
    return;
  }
  const known = simple[kind];
  if (known !== undefined) {
    if (Object.hasOwn(status, known.key)) known.read(status[known.key], part, `${part}.${known.key}`, into);
    return;
  }
  const present = field(status.external, 'present');
  if (present === true) overlay.externallyPowered.add(part);
  if (present === false) overlay.externallyPowered.delete(part);
  const level = field(status.battery, 'percent');
  if (!overlay.externallyPowered.has(part)) percent(level, part, `${part}.battery.percent`, into);
}

function readEvents(events: unknown, into: Findings): void {
  if (!Array.isArray(events)) {
    into.refuse('params.events', `${quote(events)} is no list`);
    return;
  }
  for (const event of events.slice(0, MAX_EVENTS)) {
    const part = field(event, 'component');
    const name = field(event, 'event');
    if (
      typeof part === 'string' &&
      component.test(part) &&
      typeof name === 'string' &&
      name.endsWith('_push')
    )
      pushed(name, part, `params.events.${part}`, into);
  }
}

function readCall(call: JsonObject, device: string, overlay: Overlay): ProfileResult {
  const into = new Findings();
  const { method, params, src } = call;
  if (method === 'NotifyEvent') readEvents(field(params, 'events'), into);
  else if (method === 'NotifyStatus' || method === 'NotifyFullStatus') {
    if (!isObject(params)) return { refused: `params: ${quote(params)} is no object` };
    const parts = Object.keys(params).filter((key) => component.test(key));
    if (parts.length > MAX_COMPONENTS)
      return { refused: `params: ${parts.length} components, ${MAX_COMPONENTS} are the most` };
    for (const part of parts) readComponent(part, params[part], overlay, into);
  } else return { heard: [] };
  // An id is the model and the MAC: shellyplus1-a8032abe54dc.
  const model = typeof src === 'string' ? src.split('-')[0] : undefined;
  const described: Heard['described'] = isDeviceName(model) ? { model } : undefined;
  return into.result(device, described === undefined ? {} : { described });
}

function read(topic: string, payload: Uint8Array, memory: Memory): ProfileResult {
  const [, prefix, isOnline, status, isCall] = topicShape.exec(topic) ?? [];
  if (prefix === undefined || foreign.test(prefix)) return { heard: [] };
  if (status !== undefined && !component.test(status)) return { heard: [] };
  if (payload.byteLength === 0) return { heard: [] };
  if (!isDeviceName(prefix)) return { refused: `topic: ${quote(prefix)} is no name of a device` };
  const device = `${NAME}:${prefix}`;
  if (isOnline !== undefined) {
    const text = textOf(payload);
    // Other families have topics of this shape too.
    if ('refused' in text || (text.value !== 'true' && text.value !== 'false')) return { heard: [] };
    const findings = new Findings();
    connection(text.value, 'online', 'online', findings);
    return findings.result(device);
  }
  const document = objectOf(payload);
  if ('refused' in document) return document;
  const overlay = memory.get(device) ?? { externallyPowered: new Set<string>() };
  if (!memory.set(device, overlay)) return { refused: tooMany('Shelly devices') };
  if (isCall !== undefined) return readCall(document.value, device, overlay);
  const findings = new Findings();
  readComponent(status ?? '', document.value, overlay, findings);
  return findings.result(device);
}

const plus1 = 'shelly:shellyplus1-a8032abe54dc';
const plusHt = 'shelly:shellyplusht-b8d61a8b17cc';

export const shelly: Profile<Memory> = {
  name: NAME,
  title: 'Shelly generation 2 and later',
  filters: ['+/online', '+/status/+', '+/events/rpc', '+/+/online', '+/+/status/+', '+/+/events/rpc'],
  superviseMs: WATCHED_BY_LAST_WILL,
  memory: () => new BoundedMap<Overlay>(),
  read: ({ topic, payload }, memory) => read(topic, payload, memory),
  command(device, part, action) {
    const id = /^switch:(\d{1,3})$/.exec(part)?.[1];
    // A strike is driven by its relay: current on means unlocked. Invert it where it is held shut by current.
    const on = action === 'siren.on' || action === 'buzzer.on' || action === 'lock.unlock';
    const off = action === 'siren.off' || action === 'buzzer.off' || action === 'lock.lock';
    if (id === undefined || !(on || off)) return undefined;
    return {
      topic: `${device.slice(NAME.length + 1)}/rpc`,
      payload: JSON.stringify({
        id: 1,
        src: 'gatehouse',
        method: 'Switch.Set',
        params: { id: Number(id), on },
      }),
    };
  },
  samples: [
    {
      name: 'an input goes on',
      topic: 'shellyplus1-a8032abe54dc/status/input:0',
      payload: '{"id":0,"state":true}',
      expect: {
        heard: [
          {
            device: plus1,
            readings: [{ type: 'state', part: 'input:0', property: 'contact', value: 'open' }],
          },
        ],
      },
    },
    {
      name: 'a relay with its power meter; the chip inside is no thermometer of the room',
      topic: 'shellyplus1-a8032abe54dc/status/switch:0',
      payload:
        '{"id":0,"source":"MQTT","output":true,"apower":8.9,"voltage":237.5,"temperature":{"tC":56.1,"tF":133}}',
      expect: {
        heard: [
          { device: plus1, readings: [{ type: 'state', part: 'switch:0', property: 'siren', value: 'on' }] },
        ],
      },
    },
    {
      name: 'a partial update of energy says nothing about the relay',
      topic: 'shellyplus1-a8032abe54dc/events/rpc',
      payload:
        '{"src":"shellyplus1-a8032abe54dc","dst":"shellyplus1-a8032abe54dc/events","method":"NotifyStatus","params":{"ts":1700000000.12,"switch:0":{"id":0,"aenergy":{"total":12.3}}}}',
      expect: { heard: [{ device: plus1, described: { model: 'shellyplus1' }, readings: [] }] },
    },
    {
      name: 'a fridge probe on an add-on',
      topic: 'shellyplus1-a8032abe54dc/events/rpc',
      payload:
        '{"src":"shellyplus1-a8032abe54dc","dst":"shellyplus1-a8032abe54dc/events","method":"NotifyStatus","params":{"ts":1700000060.0,"temperature:100":{"id":100,"tC":4.8,"tF":40.6}}}',
      expect: {
        heard: [
          {
            device: plus1,
            described: { model: 'shellyplus1' },
            readings: [{ type: 'measurement', part: 'temperature:100', quantity: 'temperature', value: 4.8 }],
          },
        ],
      },
    },
    {
      name: 'a probe that cannot be read is unknown, not zero',
      topic: 'shellyplus1-a8032abe54dc/events/rpc',
      payload:
        '{"src":"shellyplus1-a8032abe54dc","method":"NotifyStatus","params":{"ts":1700000060.0,"temperature:100":{"id":100,"tC":null,"tF":null,"errors":["read"]}}}',
      expect: { heard: [{ device: plus1, described: { model: 'shellyplus1' }, readings: [] }] },
    },
    {
      name: 'a thermometer wakes up; on mains its empty battery holder is not an empty battery',
      topic: 'shellyplusht-b8d61a8b17cc/events/rpc',
      payload:
        '{"src":"shellyplusht-b8d61a8b17cc","dst":"shellyplusht-b8d61a8b17cc/events","method":"NotifyFullStatus","params":{"ts":1700000000.62,"ble":{},"devicepower:0":{"id":0,"battery":{"V":0.43,"percent":0},"external":{"present":true}},"humidity:0":{"id":0,"rh":42.2},"temperature:0":{"id":0,"tC":19.8,"tF":67.6},"sys":{"uptime":3}}}',
      expect: {
        heard: [
          {
            device: plusHt,
            described: { model: 'shellyplusht' },
            readings: [
              { type: 'measurement', part: 'humidity:0', quantity: 'humidity', value: 42.2 },
              { type: 'measurement', part: 'temperature:0', quantity: 'temperature', value: 19.8 },
            ],
          },
        ],
      },
    },
    {
      name: 'a later partial update is laid over what was known of its power',
      after: [
        {
          topic: 'shellyplusht-b8d61a8b17cc/status/devicepower:0',
          payload: '{"id":0,"battery":{"V":0.43,"percent":0},"external":{"present":true}}',
        },
      ],
      topic: 'shellyplusht-b8d61a8b17cc/events/rpc',
      payload:
        '{"src":"shellyplusht-b8d61a8b17cc","method":"NotifyStatus","params":{"ts":1.5,"devicepower:0":{"id":0,"battery":{"V":0.41,"percent":0}}}}',
      expect: { heard: [{ device: plusHt, described: { model: 'shellyplusht' }, readings: [] }] },
    },
    {
      name: 'on its battery it tells how full it is',
      topic: 'shellyplusht-b8d61a8b17cc/status/devicepower:0',
      payload: '{"id":0,"battery":{"V":5.35,"percent":65},"external":{"present":false}}',
      expect: {
        heard: [
          {
            device: plusHt,
            readings: [{ type: 'measurement', part: 'devicepower:0', quantity: 'battery', value: 65 }],
          },
        ],
      },
    },
    {
      name: 'an exit button is pushed',
      topic: 'shop/back/events/rpc',
      payload:
        '{"src":"shellyi4g3-84fce63ad204","method":"NotifyEvent","params":{"ts":1700000000.5,"events":[{"component":"input:2","id":2,"event":"btn_down","ts":1700000000.5},{"component":"input:2","id":2,"event":"single_push","ts":1700000000.5}]}}',
      expect: {
        heard: [
          {
            device: 'shelly:shop/back',
            described: { model: 'shellyi4g3' },
            readings: [{ type: 'moment', part: 'input:2', moment: 'button-pressed' }],
          },
        ],
      },
    },
    {
      name: 'the last will: the device is gone',
      topic: 'shellyplus1-a8032abe54dc/online',
      payload: 'false',
      expect: {
        heard: [
          {
            device: plus1,
            readings: [{ type: 'state', part: 'online', property: 'online', value: 'offline' }],
          },
        ],
      },
    },
    {
      name: 'a status of the wrong type',
      topic: 'shellyplus1-a8032abe54dc/status/input:0',
      payload: '{"id":0,"state":"on"}',
      expect: { refused: 'input:0.state: "on" is none of true, false' },
    },
    {
      name: 'a topic of the same shape that is not a Shelly',
      topic: 'garage/status/door',
      payload: 'open',
      expect: { heard: [] },
    },
  ],
};
