import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { breachesIn, sourcesBelow } from './walls.ts';

const root = join(import.meta.dirname, '..');

test('no file of the project imports through a wall', () => {
  const files = sourcesBelow(root);
  expect(files.length).toBeGreaterThan(20);
  expect(files.flatMap((file) => breachesIn(file, readFileSync(join(root, file), 'utf8')))).toEqual([]);
});

test('edge and cloud may not import each other', () => {
  expect(breachesIn('edge/x.ts', "import { a } from '../cloud/store/store.ts';")).toHaveLength(1);
  expect(breachesIn('cloud/x/y.ts', "export { a } from '../../edge/config.ts';")).toHaveLength(1);
  expect(breachesIn('cloud/x/y.ts', "const a = await import('../../edge/config.ts');")).toHaveLength(1);
  expect(breachesIn('edge/x.ts', "import {\n  a,\n  b,\n} from '../devices/wire.ts';")).toEqual([]);
});

test('the simulation and the chaos start everything, and nobody stands on them', () => {
  const line = "import { serveLog } from '../../edge/outbox/log-service.ts';";
  expect(breachesIn('simulators/simulation/gateway.ts', line)).toEqual([]);
  expect(breachesIn('simulators/devices/gateway.ts', line)).toHaveLength(1);
  expect(breachesIn('simulators/devices/x.ts', "import { a } from '../chaos/pair.ts';")).toHaveLength(1);
});

test('the ground floor stands on zod and yaml alone', () => {
  expect(breachesIn('devices/x.ts', "import mqtt from 'mqtt';")).toHaveLength(1);
  expect(breachesIn('devices/x.ts', "import { z } from 'zod';")).toEqual([]);
});

test('the pages take only types, and only from a contract', () => {
  const from = (line: string) => breachesIn('dashboards/desk/x.tsx', line);
  expect(from("import type { SitePage } from '../../edge/api/contract.ts';")).toEqual([]);
  expect(from("import { SitePage } from '../../edge/api/contract.ts';")).toHaveLength(1);
  expect(from("import type { Store } from '../../cloud/store/store.ts';")).toHaveLength(1);
});

test('a test of a driver may use the simulated device, the driver may not', () => {
  const line = "import { Camera } from '../../simulators/devices/camera/camera.ts';";
  expect(breachesIn('edge/drivers/onvif.test.ts', line)).toEqual([]);
  expect(breachesIn('edge/drivers/onvif.ts', line)).toHaveLength(1);
});
