/** The form is our own: docs/sources.md. */
import type { SourceSample } from '../source.ts';

export const integrityReportSamples: readonly SourceSample[] = [
  {
    name: 'a script that nobody announced',
    input:
      '{"time":"2026-11-23T07:00:01Z","path":"/var/www/shop/checkout.js","change":"updated","hash":"ABABABABABABABABABABABABABABABABABABABABABABABABABABABABABABABAB","previousHash":"cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd","host":"shop-server","by":"www-data","expected":false}',
    expect: {
      reported: [
        {
          kind: 'file.changed',
          observedAt: 1795417201000,
          subjects: {
            account: 'www-data',
          },
          observables: {
            hash: 'abababababababababababababababababababababababababababababababab',
          },
          facts: {
            file: '/var/www/shop/checkout.js',
            change: 'updated',
            host: 'shop-server',
            previousHash: 'cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd',
            expected: false,
          },
          asset: 'shop-server',
          log: {
            fields: {
              TargetFilename: '/var/www/shop/checkout.js',
            },
          },
          judged: {
            rule: 'integrity:unexpected-change',
            severity: 'high',
            summary: '/var/www/shop/checkout.js was updated and nobody had announced it',
            tactic: 'T1565.001',
          },
        },
      ],
    },
  },
  {
    name: 'a release',
    input:
      '{"time":"2026-11-23T07:00:01Z","url":"https://shop.example/","change":"updated","hash":"abababababababababababababababab","expected":true}',
    expect: {
      reported: [
        {
          kind: 'file.changed',
          observedAt: 1795417201000,
          observables: {
            hash: 'abababababababababababababababab',
          },
          facts: {
            file: 'https://shop.example/',
            change: 'updated',
            expected: true,
          },
          log: {
            fields: {
              TargetFilename: 'https://shop.example/',
            },
          },
        },
      ],
    },
  },
  {
    name: 'a hash that is none',
    input: '{"time":"2026-11-23T07:00:01Z","path":"/x","change":"updated","hash":"xyz"}',
    expect: {
      refused: 'hash: expected 32 to 128 hexadecimal digits',
    },
  },
  {
    name: 'a change that is none',
    input: '{"time":"2026-11-23T07:00:01Z","path":"/x","change":"improved"}',
    expect: {
      refused: 'change: expected one of created, updated, deleted, renamed, attributes-set',
    },
  },
  {
    name: 'no time',
    input: '{"path":"/x","change":"created"}',
    expect: {
      refused: 'time: expected an ISO 8601 time',
    },
  },
];
