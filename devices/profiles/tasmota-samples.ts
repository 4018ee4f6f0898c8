/** In the forms that Tasmota's documentation shows. */
import type { ProfileSample } from './profile.ts';

const door = 'tasmota:tasmota_D5C0E0';
const discovery = JSON.stringify({
  ip: '192.168.1.40',
  dn: 'Back door',
  fn: ['Back door', null, null, null],
  hn: 'tasmota-D5C0E0-0224',
  mac: '600194D5C0E0',
  md: 'Generic',
  ty: 0,
  if: 0,
  ofln: 'Offline',
  onln: 'Online',
  state: ['OFF', 'ON', 'TOGGLE', 'HOLD'],
  sw: '14.3.0',
  t: 'tasmota_D5C0E0',
  ft: '%prefix%/%topic%/',
  tp: ['cmnd', 'stat', 'tele'],
  rl: [1, 0, 0, 0],
  swc: [1, -1, -1, -1],
  swn: [null, null, null, null],
  btn: [0, 0, 0, 0],
  so: { '4': 0, '11': 0, '13': 0, '17': 0, '20': 0, '30': 0, '68': 0, '73': 0, '82': 0, '114': 1, '117': 0 },
  lk: 1,
  lt_st: 0,
  ver: 1,
});

export const samples: readonly ProfileSample[] = [
  {
    name: 'a device introduces itself',
    topic: 'tasmota/discovery/600194D5C0E0/config',
    payload: discovery,
    retained: true,
    expect: {
      heard: [
        {
          device: door,
          described: { name: 'Back door', model: 'Generic', parts: ['POWER', 'Switch1'] },
          readings: [],
        },
      ],
    },
  },
  {
    name: 'telemetry of a contact and a probe',
    topic: 'tele/tasmota_D5C0E0/SENSOR',
    payload:
      '{"Time":"2021-01-01T00:00:00","Switch1":"ON","DS18B20":{"Id":"01131E8A5C2F","Temperature":20.6},"TempUnit":"C"}',
    expect: {
      heard: [
        {
          device: door,
          readings: [
            { type: 'state', part: 'Switch1', property: 'contact', value: 'open' },
            { type: 'measurement', part: 'DS18B20', quantity: 'temperature', value: 20.6 },
          ],
        },
      ],
    },
  },
  {
    name: 'a device set to Fahrenheit',
    topic: 'tele/tasmota_D5C0E0/SENSOR',
    payload:
      '{"Time":"2021-01-01T00:00:00","SI7021":{"Temperature":39.2,"Humidity":41.5,"DewPoint":17.4},"TempUnit":"F"}',
    expect: {
      heard: [
        {
          device: door,
          readings: [
            { type: 'measurement', part: 'SI7021', quantity: 'temperature', value: 4 },
            { type: 'measurement', part: 'SI7021', quantity: 'humidity', value: 41.5 },
          ],
        },
      ],
    },
  },
  {
    name: 'a probe that has not measured since power-on',
    topic: 'tele/tasmota_D5C0E0/SENSOR',
    payload:
      '{"Time":"2021-01-01T00:00:00","DS18B20-1":{"Id":"01131E8A5C2F","Temperature":85.0},"TempUnit":"C"}',
    expect: {
      refused: 'DS18B20-1.Temperature: 85 °C is what this sensor tells before it has measured',
    },
  },
  {
    name: 'a contact at once, with SetOption114',
    topic: 'stat/tasmota_D5C0E0/RESULT',
    payload: '{"Switch1":{"Action":"OFF"}}',
    expect: {
      heard: [
        {
          device: door,
          readings: [{ type: 'state', part: 'Switch1', property: 'contact', value: 'closed' }],
        },
      ],
    },
  },
  {
    name: 'an exit button, with SetOption114',
    topic: 'stat/tasmota_D5C0E0/RESULT',
    payload: '{"Switch2":{"Action":"TOGGLE"}}',
    expect: {
      heard: [{ device: door, readings: [{ type: 'moment', part: 'Switch2', moment: 'button-pressed' }] }],
    },
  },
  {
    name: 'a badge at an RDM6300 reader',
    topic: 'tele/tasmota_D5C0E0/SENSOR',
    payload: '{"Time":"2021-01-01T00:00:00","RDM6300":{"UID":"00D7EF7A00"}}',
    expect: {
      heard: [
        {
          device: door,
          readings: [
            {
              type: 'moment',
              part: 'RDM6300',
              moment: 'badge-presented',
              subjects: { badge: '00D7EF7A00' },
            },
          ],
        },
      ],
    },
  },
  {
    name: 'a badge at a PN532 reader',
    topic: 'tele/tasmota_D5C0E0/SENSOR',
    payload: '{"Time":"2021-01-01T00:00:00","PN532":{"UID":"94D8FC5F","DATA":""}}',
    expect: {
      heard: [
        {
          device: door,
          readings: [
            { type: 'moment', part: 'PN532', moment: 'badge-presented', subjects: { badge: '94D8FC5F' } },
          ],
        },
      ],
    },
  },
  {
    name: 'the state each telemetry period',
    topic: 'tele/tasmota_D5C0E0/STATE',
    payload:
      '{"Time":"2021-01-01T00:00:00","Uptime":"1T02:03:04","UptimeSec":93784,"Heap":25,"POWER":"OFF","Wifi":{"AP":1,"SSId":"shop","RSSI":74}}',
    expect: {
      heard: [
        { device: door, readings: [{ type: 'state', part: 'POWER', property: 'siren', value: 'off' }] },
      ],
    },
  },
  {
    name: 'a siren behind the second relay starts',
    topic: 'stat/tasmota_D5C0E0/POWER2',
    payload: 'ON',
    expect: {
      heard: [
        { device: door, readings: [{ type: 'state', part: 'POWER2', property: 'siren', value: 'on' }] },
      ],
    },
  },
  {
    name: 'the last will: the device is gone',
    topic: 'tele/tasmota_D5C0E0/LWT',
    payload: 'Offline',
    expect: {
      heard: [
        {
          device: door,
          readings: [{ type: 'state', part: 'online', property: 'online', value: 'offline' }],
        },
      ],
    },
  },
  {
    name: 'a device with words of its own',
    after: [
      {
        topic: 'tasmota/discovery/600194D5C0E0/config',
        payload:
          '{"t":"lager","dn":"Lager","state":["AUS","AN","WECHSEL","HALTEN"],"ofln":"Weg","onln":"Da"}',
      },
    ],
    topic: 'lager/stat/POWER',
    payload: 'AN',
    expect: {
      heard: [
        {
          device: 'tasmota:lager',
          readings: [{ type: 'state', part: 'POWER', property: 'siren', value: 'on' }],
        },
      ],
    },
  },
  {
    name: 'a value out of this world',
    topic: 'tele/tasmota_D5C0E0/SENSOR',
    payload: '{"Time":"2021-01-01T00:00:00","DS18B20":{"Temperature":1e999},"TempUnit":"C"}',
    expect: { refused: 'DS18B20.Temperature: Infinity is not a finite number' },
  },
];
