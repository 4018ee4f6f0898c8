import { expect, it } from 'vitest';
import { registryDocument, registryOf } from '../../devices/model/registry.ts';
import { Directory } from './directory.ts';
import { communicationSettings } from './settings.ts';

it('knows assets by the addresses of the registry, and by the settings before them', () => {
  const registry = registryOf(
    registryDocument.parse({
      sites: [{ id: 's', name: 'S', timeZone: 'UTC' }],
      assets: [
        { id: 'camera', kind: 'camera', name: 'Camera', site: 's', addresses: ['10.0.0.7', '2001:db8::7'] },
        { id: 'till', kind: 'host', name: 'Till', site: 's', addresses: ['10.0.0.8'] },
      ],
    }),
  );
  const settings = communicationSettings.parse({ addresses: { '10.0.0.8': 'camera' } });
  const directory = new Directory(settings, registry);
  // One device under two addresses is one party, outside our networks as well.
  expect(directory.party('10.0.0.7')).toMatchObject({ name: 'camera', hasOnePurpose: true });
  expect(directory.party('2001:db8::7')).toMatchObject({ name: 'camera', isOurs: true });
  expect(directory.party('10.0.0.8').asset?.id).toBe('camera');
  expect(directory.party('10.0.0.9')).toMatchObject({ name: '10.0.0.9', asset: undefined });
});
