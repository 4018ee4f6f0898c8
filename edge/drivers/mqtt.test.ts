import { describe, expect, it } from 'vitest';
import type { Profile } from '../../devices/profiles/profile.ts';
import { assigned, TestSite } from '../site/fixture.ts';
import { type BrokerMessage, MqttDriver, QUARANTINED_BYTES, type QuarantinedMessage } from './mqtt.ts';

const encoder = new TextEncoder();
const IEEE = '0x00158d0004a1b2c3';
const devices = JSON.stringify([
  {
    ieee_address: IEEE,
    friendly_name: 'front',
    definition: { model: 'MCCGQ11LM', exposes: [{ type: 'binary', property: 'contact' }] },
  },
  {
    ieee_address: '0x847127fffe112233',
    friendly_name: 'horn',
    definition: {
      model: 'HS2WD-E',
      exposes: [
        { type: 'composite', property: 'warning', features: [] },
        { type: 'binary', property: 'alarm' },
      ],
    },
  },
]);

const said = (topic: string, payload: string): BrokerMessage => ({
  client: 'test',
  topic,
  payload: encoder.encode(payload),
  qos: 1,
  receivedAt: 1_000,
});

function driver(profiles?: readonly Profile[]) {
  const quarantined: QuarantinedMessage[] = [];
  const quarantine = (message: QuarantinedMessage) => void quarantined.push(message);
  const made = new MqttDriver(profiles === undefined ? { quarantine } : { quarantine, profiles });
  return { driver: made, quarantined };
}

describe('reading', () => {
  it('goes to the family that the topic belongs to', () => {
    const { driver: mqtt, quarantined } = driver();
    expect(mqtt.read(said('node/front/online', 'true'))).toEqual([
      {
        profile: 'door-node',
        arrival: { retained: false, receivedAt: 1_000 },
        heard: {
          device: 'door-node:front',
          readings: [{ type: 'state', part: 'online', property: 'online', value: 'online' }],
        },
      },
    ]);
    expect(mqtt.read(said('weather/today', 'sunny'))).toEqual([]);
    expect(quarantined).toEqual([]);
  });

  it('quarantines what can not be read, with bounded bytes', () => {
    const { driver: mqtt, quarantined } = driver();
    expect(mqtt.read(said('node/front/state', `[${'1,'.repeat(10_000)}1]`))).toEqual([]);
    expect(quarantined).toHaveLength(1);
    expect(quarantined[0]).toMatchObject({
      topic: 'node/front/state',
      profile: 'door-node',
      reason: 'payload is a list of 10001, expected a JSON object',
      payloadBytes: 20_003,
      partly: false,
    });
    expect(quarantined[0]?.payload).toHaveLength(QUARANTINED_BYTES);
  });

  it('hears the door although the thermometer beside it is broken, and says so', () => {
    const { driver: mqtt, quarantined } = driver();
    const heard = mqtt.read(
      said('node/front/state', '{"boot":"a","sequence":1,"contact":"open","temperature":1e99}'),
    );
    expect(heard[0]?.heard.readings).toHaveLength(1);
    expect(quarantined).toMatchObject([{ partly: true }]);
  });

  it('a family that fails on a message does not take the others with it', () => {
    const broken: Profile = {
      name: 'broken',
      title: 'Broken',
      filters: ['#'],
      superviseMs: 1,
      memory: () => null,
      read: () => {
        throw new Error('no such thing');
      },
      samples: [],
    };
    const fine: Profile = {
      ...broken,
      name: 'fine',
      read: () => ({ heard: [{ device: 'fine:1', readings: [] }] }),
    };
    expect(
      driver([broken, fine])
        .driver.read(said('x', ''))
        .map(({ profile }) => profile),
    ).toEqual(['fine']);
    const alone = driver([broken]);
    alone.driver.read(said('x', ''));
    expect(alone.quarantined).toMatchObject([{ reason: 'profile broken failed: no such thing' }]);
  });
});

describe('what a broker has stored', () => {
  it('is understood in any order: a state ahead of the list that explains it', () => {
    const { driver: mqtt, quarantined } = driver();
    const stored = [
      said('zigbee2mqtt/front', '{"contact":false}'),
      said('zigbee2mqtt/bridge/devices', devices),
    ];
    const heard = mqtt.rebuild(stored, 5_000);
    expect(heard.map(({ heard: { device, readings } }) => [device, readings.length])).toEqual([
      [`zigbee2mqtt:${IEEE}`, 1],
      [`zigbee2mqtt:${IEEE}`, 0],
      ['zigbee2mqtt:0x847127fffe112233', 0],
    ]);
    expect(heard.map(({ arrival }) => arrival)).toEqual(
      heard.map(() => ({ retained: true, receivedAt: 5_000 })),
    );
    expect(quarantined).toEqual([]);
    expect(mqtt.read(said('zigbee2mqtt/front', '{"contact":true}'))).toHaveLength(1);
  });

  it('of a broker that has just started, an "online" is only a memory', () => {
    const { driver: mqtt } = driver();
    const [from] = mqtt.rebuild([said('node/front/online', 'true')], 7, true);
    expect(from?.arrival).toEqual({ retained: true, receivedAt: 7, brokerRestarted: true });
  });

  it('does not carry out a stored command', () => {
    const { driver: mqtt } = driver();
    expect(
      mqtt.rebuild([said('node/front/command', '{"buzzer":"on"}'), said('cmnd/lock/POWER', 'ON')], 1),
    ).toEqual([]);
  });
});

describe('commands', () => {
  const on = { action: 'siren.on', asset: 'siren' } as const;
  const target = (
    device: string,
    part: string,
    more: Partial<{ inverted: boolean; heard: boolean }> = {},
  ) => ({
    device,
    part,
    inverted: false,
    heard: true,
    ...more,
  });

  /** A driver whose broker carries these devices. */
  const connected = () => {
    const made = driver();
    for (const topic of ['plus1/online', 'plus2/online', 'node/front/online'])
      made.driver.read(said(topic, 'true'));
    made.driver.read(said('tele/strike/LWT', 'Online'));
    return made;
  };

  it('are not sent where the device is not heard: it is on another broker', () => {
    const { driver: mqtt } = driver();
    const strike = [target('tasmota:strike', 'POWER')];
    expect(mqtt.command({ action: 'lock.unlock', asset: 'lock' }, strike)).toEqual({
      refused: 'no device that is heard at lock can carry out lock.unlock',
    });
    expect(mqtt.hears('tasmota:strike')).toBe(false);
    expect(connected().driver.command({ action: 'lock.unlock', asset: 'lock' }, strike)).toHaveProperty(
      'messages',
    );
  });

  it('become the message of the family', () => {
    const { driver: mqtt } = connected();
    mqtt.rebuild([said('zigbee2mqtt/bridge/devices', devices)], 1);
    expect(mqtt.command(on, [target('zigbee2mqtt:0x847127fffe112233', 'siren')])).toEqual({
      messages: [
        {
          topic: 'zigbee2mqtt/horn/set',
          payload: '{"warning":{"mode":"burglar","level":"very_high","strobe":true,"duration":180}}',
        },
      ],
    });
    expect(mqtt.command(on, [target('door-node:front', 'siren')])).toEqual({
      messages: [{ topic: 'node/front/command', payload: '{"buzzer":"on"}' }],
    });
    expect(
      mqtt.command({ action: 'lock.unlock', asset: 'lock' }, [target('tasmota:strike', 'POWER')]),
    ).toEqual({
      messages: [{ topic: 'cmnd/strike/POWER', payload: 'ON' }],
    });
    expect(
      mqtt.command({ action: 'lock.lock', asset: 'lock' }, [target('shelly:plus1', 'switch:0')]),
    ).toEqual({
      messages: [
        {
          topic: 'plus1/rpc',
          payload: '{"id":1,"src":"gatehouse","method":"Switch.Set","params":{"id":0,"on":false}}',
        },
      ],
    });
  });

  it('are turned round for a part that is wired the other way', () => {
    const { driver: mqtt } = connected();
    const held = target('tasmota:strike', 'POWER', { inverted: true });
    expect(mqtt.command({ action: 'lock.unlock', asset: 'lock' }, [held])).toEqual({
      messages: [{ topic: 'cmnd/strike/POWER', payload: 'OFF' }],
    });
  });

  it('reach every siren that has told its state, but never guess between relays', () => {
    const { driver: mqtt } = connected();
    const both = ['switch:0', 'switch:1'].map((part) => target('shelly:plus2', part));
    expect(mqtt.command(on, both)).toMatchObject({ messages: [{}, {}] });
    const guessed = both.map((one) => ({ ...one, heard: false }));
    expect(mqtt.command(on, guessed)).toEqual({
      refused: 'several parts at siren might carry out siren.on: say which with treatAs',
    });
    expect(mqtt.command(on, guessed.slice(1))).toMatchObject({ messages: [{}] });
    expect(mqtt.command(on, [])).toEqual({
      refused: 'no device that is heard at siren can carry out siren.on',
    });
  });

  it('go to a lock that announced itself, in its own words', () => {
    const { driver: mqtt } = driver();
    const announcement =
      '{"uniq_id":"bolt","stat_t":"bolt/state","cmd_t":"bolt/set","pl_unlk":"open sesame","dev":{"ids":["b1"]}}';
    mqtt.rebuild([said('homeassistant/lock/bolt/config', announcement)], 1);
    expect(
      mqtt.command({ action: 'lock.unlock', asset: 'lock' }, [target('home-assistant:b1', 'bolt')]),
    ).toEqual({ messages: [{ topic: 'bolt/set', payload: 'open sesame' }] });
  });
});

describe('from a message to an observation', () => {
  it('a door opens, the gateway restarts, and what was stored tells nothing twice', () => {
    const site = new TestSite([assigned({ device: `zigbee2mqtt:${IEEE}`, asset: 'front-door' })]);
    const apply = (from: ReturnType<MqttDriver['read']>) =>
      from.flatMap(({ heard, profile, arrival }) =>
        site.state.apply(heard, profile, arrival).observations.map(({ kind, asset }) => `${kind} ${asset}`),
      );
    const first = driver().driver;
    apply(first.rebuild([said('zigbee2mqtt/bridge/devices', devices)], 1));
    expect(apply(first.read(said('zigbee2mqtt/front', '{"contact":true}')))).toEqual([]);
    expect(apply(first.read(said('zigbee2mqtt/front', '{"contact":false}')))).toEqual([
      'door.opened front-door',
    ]);
    site.restart();
    const second = driver().driver;
    const stored = [
      said('zigbee2mqtt/front', '{"contact":false}'),
      said('zigbee2mqtt/bridge/devices', devices),
    ];
    expect(apply(second.rebuild(stored, 2))).toEqual([]);
    expect(apply(second.read(said('zigbee2mqtt/front', '{"contact":true}')))).toEqual([
      'door.closed front-door',
    ]);
    expect(site.state.devices()).toMatchObject([{ name: 'front', online: true }]);
  });
});

describe('a question that a profile has', () => {
  it('goes to the device, and not for what was stored', () => {
    const asked: string[] = [];
    const mqtt = new MqttDriver({ quarantine: () => undefined, ask: ({ topic }) => void asked.push(topic) });
    // A metric that is named by an alias alone, from a node that nobody knows.
    const payload = Uint8Array.of(0x12, 0x02, 0x10, 0x07);
    const topic = 'spBv1.0/shop/DDATA/node/fridge';
    mqtt.learn([{ topic, payload }], 1_000);
    expect(asked).toEqual([]);
    mqtt.read({ client: 'test', topic, payload, qos: 0, receivedAt: 200_000 });
    expect(asked).toEqual(['spBv1.0/shop/NCMD/node']);
  });
});
