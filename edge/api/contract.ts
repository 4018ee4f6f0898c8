/** What the site page exchanges with its gateway: types only. It works with the cloud gone. */
export type { AssetKind, TemperatureBand } from '../../devices/model/asset.ts';
export type { Severity } from '../../devices/model/detection.ts';
export type { OpeningHours } from '../../devices/model/site.ts';
export type * from './contract/alarms.ts';
export type * from './contract/arming.ts';
export type * from './contract/cameras.ts';
export type * from './contract/cold-chain.ts';
export type * from './contract/commands.ts';
export type * from './contract/day.ts';
export type * from './contract/devices.ts';
export type * from './contract/problem.ts';
export type * from './contract/rules.ts';
export type * from './contract/sessions.ts';
export type * from './contract/site.ts';
export type * from './contract/upkeep.ts';
