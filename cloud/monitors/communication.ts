import type { Observation } from '../../devices/model/observation.ts';
import { communicationSamples } from '../communication/samples.ts';
import { type CommunicationSettings, communicationSettings } from '../communication/settings.ts';
import { communicationRules, Talk } from '../communication/talk.ts';
import type { StandingMonitor } from './standing.ts';

const DAY_MS = 24 * 3_600_000;
const observes: Observation['kind'][] = ['network.connected', 'domain.resolved'];

/**
 * Learns of each host and device whom it talks to, how much, when and on which ports it answers, and tells what does
 * not fit: rhythms, scans, floods, tunnels through name servers, devices that talk to the outside, new parties.
 */
export const communication: StandingMonitor<CommunicationSettings> = {
  kind: 'communication',
  title: 'Communication',
  configuration: communicationSettings,
  rules: communicationRules,
  observes,
  comeInCrowds: true,
  rememberMs: ({ learningMs }) => learningMs + DAY_MS,
  open: (settings, registry) => new Talk(settings, registry),
  samples: communicationSamples,
};
