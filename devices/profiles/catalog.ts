/** Every family of devices that a gateway understands: a new one is one file beside this one and one line here. */
import { barcodeScanner } from './barcode-scanner.ts';
import { doorNode } from './door-node.ts';
import { esphome, isEsphomeTopic } from './esphome.ts';
import { frigate } from './frigate.ts';
import { gpsReceiver } from './gps-receiver.ts';
import { homeAssistant } from './home-assistant.ts';
import { labelPrinter } from './label-printer.ts';
import { modbusDevice } from './modbus-device.ts';
import { onvifMqtt } from './onvif-mqtt.ts';
import { osdpReader } from './osdp-reader.ts';
import type { Profile } from './profile.ts';
import { rfidPortal } from './rfid-portal.ts';
import { scale } from './scale.ts';
import { isShellyTopic, shelly } from './shelly.ts';
import { sparkplug } from './sparkplug.ts';
import { isTasmotaTopic, tasmota } from './tasmota.ts';
import { ups } from './ups.ts';
import { zigbee2mqtt } from './zigbee2mqtt.ts';

/** Topics that a profile above Home Assistant's reads: announced there too, they are not read twice. */
const isClaimed = (topic: string): boolean =>
  topic.startsWith('zigbee2mqtt/') ||
  topic.startsWith('node/') ||
  topic.startsWith('reader/') ||
  /^(?:modbus|ups|gps|scanner|scale|printer|portal)\/[^/]+\/(?:online|state)$/.test(topic) ||
  topic.startsWith('frigate/') ||
  topic.startsWith('spBv1.0/') ||
  topic.includes('/onvif-ej/') ||
  isTasmotaTopic(topic) ||
  isShellyTopic(topic) ||
  isEsphomeTopic(topic);

export const catalog: readonly Profile[] = [
  doorNode,
  osdpReader,
  modbusDevice,
  ups,
  gpsReceiver,
  barcodeScanner,
  scale,
  labelPrinter,
  rfidPortal,
  zigbee2mqtt,
  tasmota,
  shelly,
  esphome,
  frigate,
  sparkplug,
  onvifMqtt,
  homeAssistant(isClaimed),
];
