/** A Sparkplug edge node and a gateway that meet in the middle of the node's life. */
import { expect, onTestFinished, test, vi } from 'vitest';
import { hashPassword } from '../../edge/broker/password.ts';
import { configuredFolder, startGateway } from '../../edge/testing/gateway-process.ts';
import { SparkplugNode } from '../devices/mqtt/sparkplug.ts';

const soon = { timeout: 45_000, interval: 100 };
const PASSWORD = 'node-password';

test('the gateway asks for the names it missed, hears the fridge, and learns of its end', {
  timeout: 180_000,
}, async () => {
  const hash = await hashPassword(PASSWORD, 16);
  const folder = await configuredFolder((text) =>
    text
      .replace(
        '  identities:\n',
        `  identities:\n    - { username: node, passwordHash: '${hash}', publish: ['spBv1.0/#'], subscribe: ['spBv1.0/+/NCMD/#'] }\n`,
      )
      .replace(
        "{ device: 'zigbee2mqtt:0x0000000000000003', name: Fridge sensor",
        "{ device: 'sparkplug:shop/line/fridge', name: Fridge",
      ),
  );
  const gateway = await startGateway(folder);
  const options = {
    url: `mqtt://127.0.0.1:${gateway.mqttPort}`,
    username: 'node',
    password: PASSWORD,
    group: 'shop',
    node: 'line',
  };
  const node = await SparkplugNode.connect(options);
  onTestFinished(() => node.end().catch(() => undefined));
  const celsius = async () =>
    (await gateway.page()).temperatures.find(({ asset }) => asset === 'fridge-1')?.celsius;
  const isOnline = async () =>
    (await gateway.page()).devices.find(({ device }) => device === 'sparkplug:shop/line/fridge')?.online;

  await node.tell();
  await vi.waitFor(() => expect(node.asked).toBe(1), soon);
  await vi.waitFor(async () => expect(await celsius()).toBe(4.3), soon);
  node.celsius = 5.1;
  await node.tell();
  await vi.waitFor(async () => expect(await celsius()).toBe(5.1), soon);
  expect(await isOnline()).toBe(true);
  // Asked a moment ago, it is not asked again for one message that is missing; what comes is heard.
  node.lose();
  node.celsius = 5.6;
  await node.tell();
  await vi.waitFor(async () => expect(await celsius()).toBe(5.6), soon);
  expect(node.asked).toBe(1);
  node.die();
  await vi.waitFor(async () => expect(await isOnline()).toBe(false), soon);
});
