import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { parseConfiguration } from '../../devices/configuration.ts';
import { liveRegistry } from '../../devices/model/live-registry.ts';
import { registryDocument, registryOf } from '../../devices/model/registry.ts';
import { type GatewayConfiguration, gatewayDocument } from '../config.ts';
import { addCameraAsset, idFromName } from './registry-adding.ts';

const written = `# Kept by hand.
sites: [{ id: shop, name: Shop }]
zones:
  - { id: room, site: shop, name: Room } # the sales room
assets:
  - { id: camera, kind: camera, name: Old one, site: shop }
`;

function shop(text = written) {
  const folder = mkdtempSync(join(tmpdir(), 'registry-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'registry.yaml');
  writeFileSync(file, text);
  const registry = liveRegistry(registryOf(parseConfiguration(registryDocument, text, file)));
  const document = z.parse(gatewayDocument, {
    gateway: { id: 'gateway-1', site: 'shop', state: 'state' },
    registry: 'registry.yaml',
    broker: {},
    panel: { asset: 'panel' },
  });
  const configuration: GatewayConfiguration = {
    ...document,
    file: '',
    registryFile: file,
    registry,
    resolve: (path) => path,
  };
  return { folder, file, registry, configuration };
}

describe('a camera entered into the registry', () => {
  test('stands in the file behind the others, whose comments stay, and is known at once', async () => {
    const { folder, file, registry, configuration } = shop();
    expect(await addCameraAsset(configuration, registry, { name: 'Büro', zone: 'room' })).toBe('buero');
    const text = readFileSync(file, 'utf8');
    expect(text).toContain('# Kept by hand.');
    expect(text).toContain('# the sales room');
    expect(registry.asset('buero')).toMatchObject({
      kind: 'camera',
      name: 'Büro',
      zone: 'room',
      site: 'shop',
    });
    expect(parseConfiguration(registryDocument, text, file).assets).toHaveLength(2);
    expect(readdirSync(folder)).toEqual(['registry.yaml']);
  });

  test('twice at the same time makes two, of different names', async () => {
    const { file, registry, configuration } = shop();
    const ids = await Promise.all(
      [1, 2].map(() => addCameraAsset(configuration, registry, { name: 'Camera' })),
    );
    expect(ids).toEqual(['camera-2', 'camera-3']);
    expect(parseConfiguration(registryDocument, readFileSync(file, 'utf8'), file).assets).toHaveLength(3);
  });

  test('is refused where the zone is none of the site’s, and the file stays as it was', async () => {
    const { file, registry, configuration } = shop();
    await expect(
      addCameraAsset(configuration, registry, { name: 'Yard', zone: 'yard' }),
    ).rejects.toMatchObject({ status: 400 });
    expect(readFileSync(file, 'utf8')).toBe(written);
  });

  test('is refused where the registry is not kept here', async () => {
    const { folder, registry, configuration } = shop();
    rmSync(folder, { recursive: true });
    await expect(addCameraAsset(configuration, registry, { name: 'Yard' })).rejects.toMatchObject({
      problem: { code: 'registry-closed' },
    });
  });
});

test('an id is made of a name as one would type it', () => {
  const free = () => false;
  expect(idFromName('Kamera Süd-Ost, 2. Stock', free)).toBe('kamera-sued-ost-2-stock');
  expect(idFromName('Entrée', free)).toBe('entree');
  expect(idFromName('カメラ', free)).toBe('camera');
  expect(idFromName('Camera', (id) => id === 'camera')).toBe('camera-2');
});
