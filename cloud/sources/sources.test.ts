import { expect, test } from 'vitest';
import { z } from 'zod';
import { ConfigurationError, parseConfiguration } from '../../devices/configuration.ts';
import { systemClock } from '../../devices/model/clock.ts';
import { sourceList } from './configuration.ts';
import { rigRegistry } from './rig.ts';
import { createSources } from './sources.ts';

const schema = z.strictObject({ sources: sourceList });
const problemsOf = (text: string): string => {
  try {
    parseConfiguration(schema, text, 'cloud.yaml');
    return '';
  } catch (error) {
    if (error instanceof ConfigurationError) return error.message;
    throw error;
  }
};

test('a list of sources is read from YAML, each with the keys of its format', () => {
  const { sources } = parseConfiguration(
    schema,
    `
sources:
  - name: shop-access
    format: web-access
    asset: web-shop
    logins: [{ path: /account/login }, { path: /admin, asset: shop-admin }]
    transport: { type: followed-file, path: /var/log/nginx/access.log }
  - name: servers
    format: syslog
    title: All servers
    asset: shop-server
    hosts: { web1: shop-server }
    transport: { type: syslog-tcp, address: 0.0.0.0, from: [10.0.0.0/8] }
  - name: partner
    format: alert-post
    asset: shop-server
    transport: { type: http-post, token: 0123456789abcdef }
`,
    'cloud.yaml',
  );
  expect(sources.map(({ name, format }) => `${name} ${format}`)).toEqual([
    'shop-access web-access',
    'servers syslog',
    'partner alert-post',
  ]);
  expect(sources[1]?.quota).toEqual({ perSecond: 5_000, burst: 20_000 });
});

test('mistakes are told with line and key', () => {
  const entry = (lines: string) => `sources:\n  - name: a\n    asset: web-shop\n${lines}`;
  const file = '    transport: { type: followed-file, path: /x }\n';
  expect(problemsOf(entry(`    format: apache\n${file}`))).toBe(
    'cloud.yaml:4 sources[0].format: expected one of the formats web-access, web-error, syslog, auditd, windows-event, suricata-eve, zeek, wazuh, ocsf, alert-post, account-log, shop-event, woocommerce, payment-service, csp-report, integrity-report',
  );
  expect(problemsOf(entry(`    format: account-log\n    logins: []\n${file}`))).toBe(
    'cloud.yaml:5 sources[0].logins: there is no such key here',
  );
  expect(problemsOf(entry(`    format: alert-post\n${file}`))).toContain('it needs the transport http-post');
  expect(problemsOf(entry(`    format: syslog\n    timeZone: Mars/Olympus\n${file}`))).toBe(
    'cloud.yaml:5 sources[0].timeZone: expected a zone such as Europe/Berlin or UTC',
  );
  expect(
    problemsOf(entry('    format: syslog\n    transport: { type: syslog-udp, from: [10.0.0.0/33] }\n')),
  ).toContain('expected an address or a network such as 10.0.0.0/8');
  expect(problemsOf(entry('    format: syslog\n    transport: { type: http-post }\n'))).toContain(
    'give one of token, tokenSha256, signature and anonymous',
  );
  const twice = `  - name: a\n    asset: web-shop\n    format: syslog\n${file}`;
  expect(problemsOf(`sources:\n${twice}${twice}`)).toBe(
    'cloud.yaml:6 sources[1].name: the name "a" is already taken',
  );
});

test('an asset that the registry does not know is refused by name', () => {
  const sources = sourceList.parse([
    { name: 'a', format: 'syslog', asset: 'nowhere', transport: { type: 'syslog-udp', port: 0 } },
  ]);
  const start = () =>
    createSources(sources, {
      store: { cursor: () => undefined, putCursor: () => Promise.resolve(), quarantine: () => undefined },
      registry: rigRegistry,
      clock: systemClock,
      commit: () => Promise.resolve(),
      signal: AbortSignal.abort(),
    });
  expect(start).toThrow('sources[0] (a): there is no asset "nowhere" in the registry');
});
