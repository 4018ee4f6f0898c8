/** Recorded in the forms that the documentation of Home Assistant and its writers show. */
import type { ProfileSample } from './profile.ts';

const door = 'home-assistant:0AFFD2';
const single = {
  topic: 'homeassistant/binary_sensor/0AFFD2/door/config',
  payload: JSON.stringify({
    '~': 'yard/0AFFD2',
    name: 'Gate',
    uniq_id: '0AFFD2_door',
    dev_cla: 'door',
    stat_t: '~/door',
    avty_t: '~/status',
    dev: { ids: ['0AFFD2'], name: 'Yard gate', mdl: 'GT-1', mf: 'Own' },
  }),
  retained: true,
};
const whole = {
  topic: 'homeassistant/device/cabinet-7/config',
  payload: JSON.stringify({
    dev: { ids: 'cabinet-7', name: 'Medicine cabinet', mdl: 'MC-2' },
    o: { name: 'own-firmware', sw: '2.1' },
    stat_t: 'cabinet-7/state',
    cmps: {
      hatch: {
        p: 'binary_sensor',
        device_class: 'opening',
        unique_id: 'c7-hatch',
        val_tpl: "{{ value_json['hatch'] }}",
        pl_on: true,
        pl_off: false,
      },
      air: {
        p: 'sensor',
        device_class: 'temperature',
        unit_of_meas: '°F',
        unique_id: 'c7-air',
        val_tpl: '{{ value_json.air.t | float | round(2) }}',
      },
      bolt: { p: 'lock', unique_id: 'c7-bolt', stat_t: 'cabinet-7/bolt', cmd_t: 'cabinet-7/bolt/set' },
      horn: { p: 'siren', unique_id: 'c7-horn', stat_t: 'cabinet-7/horn', cmd_t: 'cabinet-7/horn/set' },
      gone: { p: 'sensor' },
      wanderer: { p: 'device_tracker', stat_t: 'cabinet-7/where' },
    },
  }),
  retained: true,
};
const reader = {
  topic: 'homeassistant/tag/0AFFD2/config',
  payload:
    '{"topic":"0AFFD2/tag_scanned","value_template":"{{ value_json.PN532.UID }}","device":{"identifiers":["0AFFD2"]}}',
};

export const samples: readonly ProfileSample[] = [
  {
    name: 'a part announces itself, with abbreviations and a base topic',
    ...single,
    expect: {
      heard: [
        { device: door, described: { name: 'Yard gate', model: 'GT-1', parts: ['door'] }, readings: [] },
      ],
    },
  },
  {
    name: 'its door opens',
    after: [single],
    topic: 'yard/0AFFD2/door',
    payload: 'ON',
    expect: {
      heard: [
        { device: door, readings: [{ type: 'state', part: 'door', property: 'contact', value: 'open' }] },
      ],
    },
  },
  {
    name: 'it is gone',
    after: [single],
    topic: 'yard/0AFFD2/status',
    payload: 'offline',
    expect: {
      heard: [
        { device: door, readings: [{ type: 'state', part: 'online', property: 'online', value: 'offline' }] },
      ],
    },
  },
  {
    name: 'an empty document takes it away',
    after: [single, { topic: single.topic, payload: '' }],
    topic: 'yard/0AFFD2/door',
    payload: 'ON',
    expect: { heard: [] },
  },
  {
    name: 'a whole device announces itself',
    ...whole,
    expect: {
      heard: [
        {
          device: 'home-assistant:cabinet-7',
          described: { name: 'Medicine cabinet', model: 'MC-2', parts: ['hatch', 'air', 'bolt', 'horn'] },
          readings: [],
        },
      ],
    },
  },
  {
    name: 'its state through templates, in Fahrenheit',
    after: [whole],
    topic: 'cabinet-7/state',
    payload: '{"hatch":true,"air":{"t":"39.2"}}',
    expect: {
      heard: [
        {
          device: 'home-assistant:cabinet-7',
          readings: [
            { type: 'state', part: 'hatch', property: 'contact', value: 'open' },
            { type: 'measurement', part: 'air', quantity: 'temperature', value: 4 },
          ],
        },
      ],
    },
  },
  {
    name: 'a value that is missing is unknown',
    after: [whole],
    topic: 'cabinet-7/state',
    payload: '{"hatch":false}',
    expect: {
      heard: [
        {
          device: 'home-assistant:cabinet-7',
          readings: [{ type: 'state', part: 'hatch', property: 'contact', value: 'closed' }],
        },
      ],
    },
  },
  {
    name: 'a bolt that jams',
    after: [whole],
    topic: 'cabinet-7/bolt',
    payload: 'JAMMED',
    expect: {
      heard: [
        {
          device: 'home-assistant:cabinet-7',
          readings: [{ type: 'state', part: 'bolt', property: 'lock', value: 'jammed' }],
        },
      ],
    },
  },
  {
    name: 'a siren that tells its state in JSON',
    after: [whole],
    topic: 'cabinet-7/horn',
    payload: '{"state":"ON","tone":"fire"}',
    expect: {
      heard: [
        {
          device: 'home-assistant:cabinet-7',
          readings: [{ type: 'state', part: 'horn', property: 'siren', value: 'on' }],
        },
      ],
    },
  },
  {
    name: 'a badge at a tag reader',
    after: [reader],
    topic: '0AFFD2/tag_scanned',
    payload: '{"Time":"2020-09-28T17:02:10","PN532":{"UID":"E9F35959","DATA":"ILOVETASMOTA"}}',
    expect: {
      heard: [
        {
          device: door,
          readings: [
            { type: 'moment', part: '0AFFD2', moment: 'badge-presented', subjects: { badge: 'E9F35959' } },
          ],
        },
      ],
    },
  },
  {
    name: 'a motion sensor that never tells the end: each message is a movement',
    after: [
      {
        topic: 'homeassistant/binary_sensor/pir/config',
        payload:
          '{"name":"PIR","uniq_id":"rtl-81","dev_cla":"motion","stat_t":"rtl_433/81/motion","pl_on":"1","off_dly":60,"dev":{"ids":["rtl-81"]}}',
      },
    ],
    topic: 'rtl_433/81/motion',
    payload: '1',
    expect: {
      heard: [
        {
          device: 'home-assistant:rtl-81',
          readings: [
            { type: 'state', part: 'pir', property: 'motion', value: 'active' },
            { type: 'state', part: 'pir', property: 'motion', value: 'clear' },
          ],
        },
      ],
    },
  },
  {
    name: 'a template that would have to be evaluated',
    topic: 'homeassistant/sensor/probe/config',
    payload:
      '{"uniq_id":"probe","dev_cla":"temperature","stat_t":"probe/raw","val_tpl":"{{ (value_json.raw / 10) | round(1) }}"}',
    expect: {
      refused:
        'probe: template "{{ (value_json.raw / 10) | round(1) }}" is not supported: expected value or value_json',
    },
  },
  {
    name: 'zigbee2mqtt announcing a door that its own profile reads',
    topic: 'homeassistant/binary_sensor/0x00158d0004a1b2c3/contact/config',
    payload:
      '{"device_class":"door","payload_off":true,"payload_on":false,"state_topic":"zigbee2mqtt/front","unique_id":"0x00158d0004a1b2c3_contact_zigbee2mqtt","value_template":"{{ value_json.contact }}","origin":{"name":"Zigbee2MQTT","sw":"2.1.0"}}',
    expect: { heard: [] },
  },
  {
    name: 'all of several availability topics are needed',
    after: [
      {
        topic: 'homeassistant/binary_sensor/vault/config',
        payload:
          '{"uniq_id":"vault","dev_cla":"door","stat_t":"vault/door","avty_mode":"all","avty":[{"t":"hub/status"},{"t":"vault/status","val_tpl":"{{ value_json.state }}"}]}',
      },
      { topic: 'vault/status', payload: '{"state":"online"}' },
    ],
    topic: 'hub/status',
    payload: 'online',
    expect: {
      heard: [
        {
          device: 'home-assistant:vault',
          readings: [{ type: 'state', part: 'online', property: 'online', value: 'online' }],
        },
      ],
    },
  },
];
