import type { GatewayConfiguration } from '../config.ts';

/** The desk is told so many at most. */
const MAX_NAMED = 200;

/** What lies on a gateway that a thief could use, by name: what has to be made anew when it is stolen. */
export function secretsOf(configuration: GatewayConfiguration): string[] {
  const { broker, page, cameras, uplink, transmission, access, brokers } = configuration;
  const named = [
    ...page.people.map(({ name }) => `PIN of ${name}`),
    ...broker.identities.map(({ username }) => `device password: ${username}`),
    ...cameras.map(({ asset }) => `camera password: ${asset}`),
    ...brokers.map((_, index) => `password of broker ${index + 1}`),
    ...(uplink === undefined ? [] : ['token of the uplink']),
    ...(transmission === undefined ? [] : ['key of the monitoring station']),
    ...(JSON.stringify(access).includes('codeHash') ? ['door codes'] : []),
    'certificates of broker and page',
  ];
  return named.map((name) => name.slice(0, 128)).slice(0, MAX_NAMED);
}
