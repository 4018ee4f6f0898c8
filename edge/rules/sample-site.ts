import { type Registry, registryDocument, registryOf } from '../../devices/model/registry.ts';

/** The site that rules' samples speak of: a pharmacy with a back door, a cabinet and two fridges. */
export const sampleSiteId = 'pharmacy-1';

export const sampleRegistry: Registry = registryOf(
  registryDocument.parse({
    sites: [
      {
        id: sampleSiteId,
        name: 'Pharmacy at the bridge',
        timeZone: 'Europe/Berlin',
        opening: [{ days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '08:00', to: '18:30' }],
      },
    ],
    zones: [
      { id: 'sales', site: sampleSiteId, name: 'Sales room', touches: ['store'] },
      { id: 'store', site: sampleSiteId, name: 'Store room', touches: ['office'] },
      { id: 'office', site: sampleSiteId, name: 'Office' },
    ],
    assets: [
      {
        id: 'panel-1',
        kind: 'alarm-panel',
        name: 'Alarm panel',
        site: sampleSiteId,
        guards: ['door-back', 'door-front'],
      },
      { id: 'door-front', kind: 'door', name: 'Entrance', site: sampleSiteId, zone: 'sales', public: true },
      { id: 'door-back', kind: 'door', name: 'Back door', site: sampleSiteId, zone: 'store' },
      { id: 'reader-back', kind: 'reader', name: 'Reader', site: sampleSiteId, guards: ['door-back'] },
      { id: 'lock-back', kind: 'lock', name: 'Lock', site: sampleSiteId, hostedOn: 'door-back' },
      {
        id: 'cabinet-1',
        kind: 'cabinet',
        name: 'Controlled drugs',
        site: sampleSiteId,
        zone: 'store',
        criticality: 5,
      },
      {
        id: 'reader-cabinet',
        kind: 'reader',
        name: 'Cabinet reader',
        site: sampleSiteId,
        guards: ['cabinet-1'],
      },
      {
        id: 'camera-store',
        kind: 'camera',
        name: 'Camera',
        site: sampleSiteId,
        zone: 'store',
        guards: ['cabinet-1'],
        criticality: 4,
      },
      {
        id: 'fridge-1',
        kind: 'fridge',
        name: 'Medicine fridge',
        site: sampleSiteId,
        zone: 'store',
        criticality: 4,
        band: { minCelsius: 2, maxCelsius: 8 },
      },
      { id: 'fridge-2', kind: 'fridge', name: 'Drinks', site: sampleSiteId, zone: 'office', criticality: 1 },
      { id: 'probe-2', kind: 'sensor', name: 'Probe', site: sampleSiteId, hostedOn: 'fridge-2' },
      {
        id: 'reader-front',
        kind: 'reader',
        name: 'Entrance reader',
        site: sampleSiteId,
        guards: ['door-front'],
        position: { x: 0, y: 0 },
      },
      {
        id: 'reader-office',
        kind: 'reader',
        name: 'Office reader',
        site: sampleSiteId,
        zone: 'office',
        position: { x: 80, y: 0 },
      },
      { id: 'sensor-office', kind: 'sensor', name: 'Thermometer', site: sampleSiteId, zone: 'office' },
      {
        id: 'motion-store',
        kind: 'motion-sensor',
        name: 'Motion sensor',
        site: sampleSiteId,
        zone: 'store',
      },
      { id: 'siren-1', kind: 'siren', name: 'Siren', site: sampleSiteId, zone: 'sales' },
    ],
    identities: [
      {
        id: 'weber',
        name: 'Maria Weber',
        sites: [sampleSiteId],
        badges: ['04A1B2C3'],
        accounts: ['m.weber'],
      },
      {
        id: 'courier-1',
        name: 'Courier 1',
        kind: 'courier',
        sites: [sampleSiteId],
        badges: ['0BADCAFE'],
        mayOpen: ['door-back'],
      },
    ],
  }),
);
