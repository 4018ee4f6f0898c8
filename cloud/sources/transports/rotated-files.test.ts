import { expect, test } from 'vitest';
import { rotatedNames } from './rotated-files.ts';

test('pieces of a log are known by number or date, the newest first; all else is not its piece', () => {
  expect(
    rotatedNames('access.log', [
      'access.log',
      'access.log.10',
      'access.log.2',
      'access.log.1',
      'access.log.3.gz',
      'access.log.bak',
      'access.log~',
      'access.log.1.swp',
      'other.log.1',
      'access.logs.1',
    ]),
  ).toEqual(['access.log.1', 'access.log.2', 'access.log.10']);
  expect(
    rotatedNames('log', ['log-20261122', 'log-20261123', 'log.2026-11-24', 'log-20261123-07', 'log-2026']),
  ).toEqual(['log.2026-11-24', 'log-20261123-07', 'log-20261123', 'log-20261122']);
});

test('no more pieces are looked at than the bound allows, and those are the newest', () => {
  const names = Array.from({ length: 500 }, (_, index) => `log.${500 - index}`);
  const pieces = rotatedNames('log', names);
  expect(pieces).toHaveLength(64);
  expect(pieces[0]).toBe('log.1');
});
